import { type Static, Type } from '@sinclair/typebox';
import { FIELD_LIMITS } from './limits.js';

export const ClipboardText = Type.Object({ text: Type.String({ maxLength: FIELD_LIMITS.clipboard.value }) });

/** The clipboard over HTTP; what is empty is absent. */
export const Clipboard = Type.Object({ text: Type.Optional(Type.String()), html: Type.Optional(Type.String()) });
export type Clipboard = Static<typeof Clipboard>;

export const clipboardClientEvents = { 'clipboard/set': ClipboardText };
export const clipboardServerEvents = { 'clipboard/updated': ClipboardText };

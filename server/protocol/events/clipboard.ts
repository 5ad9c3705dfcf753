import { type Static, Type } from '@sinclair/typebox';
import type { RefusedEventCode } from '../errors/refused-events.js';
import { FIELD_LIMITS } from '../limits.js';

export const ClipboardText = Type.Object({ text: Type.String({ maxLength: FIELD_LIMITS.clipboard.value }) });

/** The error for reading a clipboard that is too large to be sent. */
export const CLIPBOARD_TOO_LARGE = 'clipboard-too-large' satisfies RefusedEventCode;

/** The clipboard over HTTP; empty parts are absent. */
export const Clipboard = Type.Object({ text: Type.Optional(Type.String()), html: Type.Optional(Type.String()) });
export type Clipboard = Static<typeof Clipboard>;

export const clipboardClientEvents = { 'clipboard/set': ClipboardText };
/** Why the host is not sent what was copied; an event of ours, which neko's clients ignore. */
const ClipboardRefused = Type.Object({ message: Type.String() });

export const clipboardServerEvents = { 'clipboard/updated': ClipboardText, 'clipboard/refused': ClipboardRefused };

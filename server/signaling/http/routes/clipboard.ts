import { Type } from '@sinclair/typebox';
import { AppError } from '../../../protocol/errors/app-error.js';
import { ClipboardText } from '../../../protocol/events/clipboard.js';
import { HTTP_LIMITS } from '../../limits.js';
import { bodyEndpoint, type Endpoint, endpoint, json, NO_CONTENT } from '../endpoint.js';

const options = { deeds: ['use-clipboard'], counts: 'clipboard' } as const;
const written = { ...options, slash: true, bodyBytes: HTTP_LIMITS.clipboardBody.value };
const NewClipboard = Type.Object({ ...ClipboardText.properties, html: Type.String() });
const NEVER_STORED = { 'cache-control': 'no-cache, no-store, must-revalidate' };

export const clipboardRoutes: readonly Endpoint[] = [
  endpoint('GET', '/api/room/clipboard', { ...options, slash: true }, async ({ services }) => {
    const content = await services.desktop.clipboard.read();
    if (!content.ok) throw new AppError('internal');
    const { text = '', html = '' } = content.value;
    return json({ ...(text !== '' && { text }), ...(html !== '' && { html }) });
  }),
  bodyEndpoint('/api/room/clipboard', NewClipboard, written, async ({ services }, { text, html }) => {
    const result = await services.desktop.clipboard.write(html === '' ? { text } : { html });
    if (!result.ok) throw new AppError('internal');
    return NO_CONTENT;
  }),
  endpoint('GET', '/api/room/clipboard/image.png', options, async ({ services }) => {
    const image = await services.desktop.clipboard.image();
    if (!image.ok) throw new AppError('internal');
    return { status: 200, type: 'image/png', body: Buffer.from(image.value), headers: NEVER_STORED };
  }),
];

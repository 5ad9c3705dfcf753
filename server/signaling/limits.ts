import type { LimitTable } from '../lib/limits.js';

/** What one HTTP request may carry. */
export const HTTP_LIMITS = {
  body: { value: 8 * 1024 * 1024, unit: 'bytes', what: 'body of a request', beyond: '413' },
} as const satisfies LimitTable;

/** What one WebSocket may carry. */
export const SOCKET_LIMITS = {
  message: { value: 16 * 1024 * 1024, unit: 'bytes', what: 'message of a client', beyond: 'the socket is closed with 1009' },
} as const satisfies LimitTable;

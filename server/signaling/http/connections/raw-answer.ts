import type { Duplex } from 'node:stream';
import { AppError, errorBody } from '../../../protocol/errors/app-error.js';
import type { PlainErrorCode } from '../../../protocol/errors/http-errors.js';
import { ERROR_CODE } from '../endpoint.js';

const OF_NODE: Readonly<Record<string, PlainErrorCode>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout',
  HPE_HEADER_OVERFLOW: 'head-too-large',
};

type Headers = Readonly<Record<string, string>>;

/** Answers a client that does not speak HTTP, or too slowly, and closes the connection. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Duplex, headers: Headers): void {
  if (socket.destroyed) return;
  if (socket.writable && error.code !== 'ECONNRESET')
    socket.write(rawAnswer(OF_NODE[error.code ?? ''] ?? 'bad-request', headers));
  closeBehind(socket);
}

/** Answers an invalid WebSocket handshake (RFC 6455 section 4.2.2), and closes the connection. */
export function answerHandshakeError(socket: Duplex, headers: Headers): void {
  socket.write(rawAnswer('bad-request', { ...headers, 'sec-websocket-version': '13, 8' }));
  closeBehind(socket);
}

/** An error in the shape of all errors. */
function rawAnswer(code: PlainErrorCode, headers: Headers): string {
  const error = new AppError(code);
  const body = `${JSON.stringify(errorBody(error))}\n`;
  const all = {
    ...headers,
    'content-length': body.length,
    'content-type': 'application/json; charset=utf-8',
    [ERROR_CODE]: code,
    connection: 'close',
  };
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${error.status} ${error.message}`, ...head, '', body].join('\r\n');
}

/** Does not wait for the client to close its side. */
function closeBehind(socket: Duplex): void {
  socket.end(() => socket.destroy());
}

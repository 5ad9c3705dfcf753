import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

const STATUS_OF_ERROR: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
};

type Headers = Readonly<Record<string, string>>;

/** Answers what is no HTTP, or came too slowly, and closes the connection. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Duplex, headers: Headers): void {
  if (socket.destroyed) return;
  if (socket.writable && error.code !== 'ECONNRESET') socket.write(rawAnswer(STATUS_OF_ERROR[error.code ?? ''] ?? 400, headers));
  closeBehind(socket);
}

/** Answers what is no WebSocket handshake of ours (RFC 6455 section 4.2.2), and closes the connection. */
export function answerHandshakeError(socket: Duplex, headers: Headers): void {
  socket.write(rawAnswer(400, { ...headers, 'sec-websocket-version': '13, 8' }));
  closeBehind(socket);
}

/** An error in the shape of all errors. */
function rawAnswer(status: number, headers: Headers): string {
  const body = `${JSON.stringify({ code: status, message: STATUS_CODES[status] })}\n`;
  const all = {
    ...headers,
    'content-length': body.length,
    'content-type': 'application/json; charset=utf-8',
    connection: 'close',
  };
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...head, '', body].join('\r\n');
}

/** Whoever does not close its own side is not waited for. */
function closeBehind(socket: Duplex): void {
  socket.end(() => socket.destroy());
}

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import type { Clock } from '../../../lib/clock.js';
import type { Dispose } from '../../../lib/dispose.js';
import type { Log } from '../../../lib/log.js';
import { throttleKey } from '../../../room/client-place.js';
import { HTTP_LIMITS } from '../../limits.js';
import { LogLimiter } from '../../log-limiter.js';
import type { ServerOptions } from '../../options.js';
import { clientAddress, type Trusts } from '../access/client-address.js';
import { deferred, RequestTurns } from '../rates/request-turns.js';
import type { ConnectionGate } from './connection-gate.js';
import { watchTaking } from './watch-taking.js';
import { toOriginForm } from './well-formed.js';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export interface WebServerOptions {
  readonly tls: ServerOptions['tls'];
  readonly gate: ConnectionGate;
  readonly trusts: Trusts;
  readonly clock: Clock;
  readonly log: Log;
}

const TIMES = {
  headersTimeout: HTTP_LIMITS.headTime.value,
  requestTimeout: HTTP_LIMITS.requestTime.value,
  keepAliveTimeout: HTTP_LIMITS.idleTime.value,
  // The interval at which Node looks for connections beyond these times.
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: HTTP_LIMITS.headSize.value,
  // Checked by our own code, since Node would answer without our headers.
  requireHostHeader: false,
};

/** Node's HTTP or HTTPS server inside our bounds. */
export function createWebServer({ tls, gate, trusts, clock, log }: WebServerOptions, handler: Handler): Server {
  const turns = new RequestTurns<Socket>({ defer: deferred, nowMs: () => clock.nowMs() });
  const handle: Handler = (request, response) => {
    const { socket } = request;
    toOriginForm(request);
    if (!gate.requested(socket)) {
      socket.destroy();
      return;
    }
    let stopWatching: Dispose = () => {};
    response.once('close', () => {
      stopWatching();
      gate.answered(socket);
      turns.over(socket);
    });
    turns.add(socket, throttleKey(clientAddress(request.headers, socket.remoteAddress ?? '', trusts)), () => {
      if (socket.destroyed) return;
      stopWatching = watchTaking(socket, clock, () => gate.cut(socket));
      handler(request, response);
    });
  };
  const server = tls === null ? createServer(TIMES, handle) : createTlsServer({ ...TIMES, ...tls }, handle);
  server.maxHeadersCount = HTTP_LIMITS.headers.value + 1;
  // The handler decides whether a body is wanted, once it knows the caller.
  server.on('checkContinue', handle);
  server.on('checkExpectation', handle);
  server.on('upgrade', (request: IncomingMessage) => {
    toOriginForm(request);
    gate.requested(request.socket);
  });
  guardConnections(server, gate);
  keepAccepting(server, log);
  return server;
}

/** Asks the gate before anything else sees a connection, whichever listener accepted it. */
function guardConnections(server: Server, gate: ConnectionGate): void {
  const listeners = server.listeners('connection');
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    if (!gate.admit(socket)) return;
    for (const listener of listeners) listener.call(server, socket);
    if (server instanceof TlsServer) limitHandshake(server, socket);
  });
}

/** Node's own limit begins anew with every byte. */
function limitHandshake(server: TlsServer, socket: Socket): void {
  const timer = setTimeout(() => socket.destroy(), HTTP_LIMITS.handshakeTime.value);
  const { remoteAddress, remotePort } = socket;
  const secured = (other: Socket) => {
    if (other.remotePort === remotePort && other.remoteAddress === remoteAddress) stop();
  };
  const stop = () => {
    clearTimeout(timer);
    server.off('secureConnection', secured);
  };
  server.on('secureConnection', secured);
  socket.once('close', stop);
}

/** Without free descriptors a connection cannot be accepted and is lost; the next one may succeed. */
function keepAccepting(server: Server, log: Log): void {
  const limiter = new LogLimiter(1, 10_000);
  server.on('error', (error) => {
    if (!('syscall' in error) || error.syscall !== 'accept') return;
    const heldBack = limiter.pass(performance.now());
    if (heldBack !== null) log.error({ error: error.message, heldBack }, 'a connection could not be accepted');
  });
}

import { createConnection, type Socket } from 'node:net';
import { connect as connectTls, rootCertificates } from 'node:tls';
import { err, ok, type Result } from '../../lib/result.js';
import { canonicalAddress, familyOf, type TransportAddress } from '../address.js';
import { StreamCutter } from '../sockets/stream-cutter.js';
import { openUdpSocket } from '../sockets/udp-socket.js';

/** A server that is reached by TCP or TLS, resolved. */
export interface StreamServer {
  readonly at: TransportAddress;
  readonly transport: 'tcp' | 'tls';
  /** The name in the URL, which the certificate must carry. */
  readonly name: string;
  readonly ca: string | undefined;
}

/** A TURN server of the backend list, resolved. */
export interface TurnServer extends Omit<StreamServer, 'transport'> {
  readonly transport: 'udp' | 'tcp' | 'tls';
  readonly username: string;
  readonly credential: string;
}

/** Carries whole STUN messages and ChannelData to a TURN server, over UDP, TCP or TLS. */
export interface TurnTransport {
  /** The transport repeats lost messages; else the sender must. */
  readonly reliable: boolean;
  readonly queuedBytes: number;
  /** False: the message was not taken. */
  send(message: Uint8Array): boolean;
  listen(onMessage: (message: Buffer) => void, onClosed: () => void): void;
  close(): void;
}

/** A transport with a connection of its own. */
export interface StreamTransport extends TurnTransport {
  readonly localAddress: string;
}

const CONNECT_LIMIT_MS = 5000;
const BUFFER_BYTES = 1024 * 1024;
const MAX_QUEUED_BYTES = 1024 * 1024;
/** Type and length of a STUN message, channel and length of ChannelData. */
const HEADER_BYTES = 4;

/** Opens a socket of our own to the server; errors after 5 s, with the reason. */
export function connectTurn(server: TurnServer): Promise<Result<TurnTransport>> {
  const { transport, ...rest } = server;
  return transport === 'udp' ? overUdp(server) : connectStream({ ...rest, transport });
}

async function overUdp({ at }: TurnServer): Promise<Result<TurnTransport>> {
  let onMessage: (message: Buffer) => void = () => undefined;
  const opened = await openUdpSocket({
    address: familyOf(at.address) === 4 ? '0.0.0.0' : '::',
    port: 0,
    bufferBytes: BUFFER_BYTES,
    onDatagram(bytes, address, port) {
      if (address === at.address && port === at.port) onMessage(bytes);
    },
  });
  if (!opened.ok) return err(opened.error.message);
  const socket = opened.value;
  return ok({
    reliable: false,
    queuedBytes: 0,
    send(message) {
      socket.send(message, at.address, at.port);
      return true;
    },
    listen(listener) {
      onMessage = listener;
    },
    close: () => void socket.close(),
  });
}

/** Opens a connection; errors after 5 s, with the reason. `anyCertificate`: for questions that reveal nothing to the server. */
export function connectStream(server: StreamServer & { readonly anyCertificate?: boolean }): Promise<Result<StreamTransport>> {
  const { address: host, port } = server.at;
  const trusted = server.ca === undefined ? {} : { ca: [...rootCertificates, server.ca] };
  return new Promise((resolve) => {
    const isName = server.name !== host;
    const socket =
      server.transport === 'tls'
        ? connectTls({
            host,
            port,
            ...(isName ? { servername: server.name } : {}),
            ...trusted,
            rejectUnauthorized: !server.anyCertificate,
          })
        : createConnection({ host, port });
    const fail = (reason: string) => {
      socket.destroy();
      resolve(err(reason));
    };
    socket.setNoDelay(true);
    socket.setTimeout(CONNECT_LIMIT_MS, () => fail('no connection within 5 s'));
    socket.once('error', (error) => fail(error.message));
    socket.once(server.transport === 'tls' ? 'secureConnect' : 'connect', () => {
      socket.setTimeout(0);
      socket.removeAllListeners('error');
      socket.on('error', () => undefined);
      resolve(ok(streamTransport(socket)));
    });
  });
}

function streamTransport(socket: Socket): StreamTransport {
  return {
    localAddress: canonicalAddress(socket.localAddress ?? '') ?? '',
    reliable: true,
    get queuedBytes() {
      return socket.writableLength;
    },
    send(message) {
      if (socket.destroyed || socket.writableLength + message.length > MAX_QUEUED_BYTES) return false;
      // ChannelData is padded to four bytes on a stream (RFC 8656 section 12.5); STUN messages always are.
      const padding = (4 - (message.length % 4)) % 4;
      socket.write(padding === 0 ? message : Buffer.concat([message, Buffer.alloc(padding)]));
      return true;
    },
    listen(onMessage, onClosed) {
      const cutter = new StreamCutter(HEADER_BYTES, messageLength);
      socket.on('data', (chunk: Buffer) => {
        for (const message of cutter.push(chunk)) onMessage(message);
      });
      socket.once('close', onClosed);
    },
    close: () => socket.destroy(),
  };
}

/** The length of the message that begins here, padding included: STUN or ChannelData by its first bits. */
function messageLength(bytes: Buffer): number {
  const length = bytes.readUInt16BE(2);
  return bytes[0]! < 0x40 ? 20 + length : 4 + Math.ceil(length / 4) * 4;
}

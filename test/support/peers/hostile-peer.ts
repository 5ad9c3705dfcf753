import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { systemClock } from '../../../server/lib/clock.js';
import { Dtls } from '../../../server/webrtc/transport/dtls.js';
import { rawClient } from '../../integration/ice/raw-client.js';
import type { Product } from '../servers/product.js';
import { waitFor } from '../wait-for.js';
import { testCertificates } from './dtls-pair.js';
import { RawSctp } from './raw-sctp.js';

const CHECK_EVERY_MS = 100;

/** A viewer whose ICE and DTLS are in order and whose SCTP is made by hand; its data channel is open. */
export interface HostilePeer {
  readonly sessionId: string;
  readonly sctp: RawSctp;
  /** Whether the server ended it. */
  isEnded(): boolean;
  close(): void;
}

/** Signs in and connects to a product that takes UDP on `udpPort`. */
export async function openHostilePeer(product: Product, name: string, udpPort: number): Promise<HostilePeer> {
  const { id, token } = await product.login('user', name);
  const socket = new WebSocket(`${product.url.replace('http', 'ws')}/api/ws?token=${token}`);
  const wire = createSocket('udp4');
  await once(wire.bind(0, '127.0.0.1'), 'listening');
  const offer = await askForOffer(socket);
  const ended = { is: false };
  const dtls = new Dtls({
    certificate: testCertificates().client,
    role: 'client',
    clock: systemClock,
    send: (datagram) => wire.send(datagram, udpPort, '127.0.0.1'),
    closed: () => {
      ended.is = true;
    },
  });
  const ice = checkPath(wire, udpPort, offer, (datagram) => dtls.receive(datagram));
  const sctp = new RawSctp();
  const close = () => {
    clearInterval(ice.timer);
    dtls.close();
    wire.close();
    socket.terminate();
  };
  try {
    dtls.onData = (packet) => sctp.write(packet);
    sctp.onData = (packet) => dtls.write(packet);
    socket.send(JSON.stringify({ event: 'signal/answer', payload: { sdp: answerOf(ice.local) } }));
    const [, algorithm = '', value = ''] = /a=fingerprint:(\S+) (\S+)/.exec(offer) ?? [];
    const keys = await dtls.handshake([{ algorithm, value }]);
    if (!keys.ok) throw new Error(keys.error);
    await waitFor('an open data channel', () =>
      sctp.received.some(({ type, packet }) => type === 0 && packet.readUInt32BE(24) === 50),
    );
  } catch (error) {
    close();
    throw error;
  }
  return { sessionId: id, sctp, isEnded: () => ended.is, close };
}

async function askForOffer(socket: WebSocket): Promise<string> {
  const offered = new Promise<string>((resolve) =>
    socket.on('message', (data) => {
      const { event, payload } = JSON.parse(String(data));
      if (event === 'system/init') socket.send(JSON.stringify({ event: 'signal/request', payload: {} }));
      if (event === 'signal/provide') resolve(payload.sdp);
    }),
  );
  return offered;
}

/** Goes on with checks until the connection is closed, since nothing else keeps a path open. */
function checkPath(wire: Socket, port: number, offer: string, receive: (datagram: Buffer) => void) {
  const secret = (name: string) => new RegExp(`a=ice-${name}:(\\S+)`).exec(offer)?.[1] ?? '';
  const client = rawClient({
    server: { ufrag: secret('ufrag'), pwd: secret('pwd') },
    transmit: (bytes) => wire.send(bytes, port, '127.0.0.1'),
  });
  wire.on('message', (datagram) => {
    const first = datagram[0]!;
    if (first < 4) client.receive(datagram);
    else if (first >= 20 && first <= 63) receive(datagram);
  });
  client.check();
  return { local: client.local, timer: setInterval(() => client.check(), CHECK_EVERY_MS) };
}

/** Takes the data channel alone. */
function answerOf({ ufrag, pwd }: { readonly ufrag: string; readonly pwd: string }): string {
  const { algorithm, value } = testCertificates().client.fingerprint;
  const lines = [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    'c=IN IP4 0.0.0.0',
    `a=ice-ufrag:${ufrag}`,
    `a=ice-pwd:${pwd}`,
    `a=fingerprint:${algorithm} ${value}`,
    'a=setup:active',
    'a=sctp-port:5000',
  ];
  return `${lines.join('\r\n')}\r\n`;
}

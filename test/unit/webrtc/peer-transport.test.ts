import { expect, onTestFinished, test } from 'vitest';
import { type Clock, systemClock } from '../../../server/lib/clock.js';
import type { PacketPath } from '../../../server/media/paths/packet-path.js';
import { PEER_LIMITS } from '../../../server/webrtc/limits.js';
import { Dtls } from '../../../server/webrtc/transport/dtls.js';
import { PeerTransport } from '../../../server/webrtc/transport/peer-transport.js';
import { SteppedClock } from '../../support/faults/stepped-clock.js';
import { testCertificates } from '../../support/peers/dtls-pair.js';
import { RawSctp } from '../../support/peers/raw-sctp.js';
import { silentLog } from '../../support/silent-log.js';
import { waitFor } from '../../support/wait-for.js';
import { MemoryIce } from './memory-ice.js';

const MEDIA = Buffer.from('80c9000100000001', 'hex');
const PATH: PacketPath = { kind: 'stream', queuedBytes: 0, send: () => true };

function openTransport(clock: Clock = systemClock) {
  const ice = new MemoryIce();
  const events: string[] = [];
  const note = (event: string) => void events.push(event);
  const transport = new PeerTransport({
    ice,
    certificate: testCertificates().server,
    trickle: true,
    clock,
    log: silentLog,
    hooks: {
      onCandidate: () => note('candidate'),
      onConnected: () => note('connected'),
      onPath: (path) => note(path === undefined ? 'no path' : 'path'),
      onHeardAgain: () => note('heard again'),
      onMedia: (datagram) => note(`media ${datagram.length}`),
      onChannelOpen: () => note('channel'),
      onMessage: (message) => note(`message ${message}`),
      onEnded: (_end, reason) => note(`ended: ${reason}`),
    },
  });
  onTestFinished(() => transport.close());
  return { ice, events, transport };
}

/** A transport and the viewer's end of it, which shakes hands with it. */
async function connect() {
  const opened = openTransport();
  const { ice, events, transport } = opened;
  const { client, server } = testCertificates();
  const viewer = new Dtls({
    certificate: client,
    role: 'client',
    clock: systemClock,
    send: (datagram) => setImmediate(() => ice.receive(datagram)),
    closed: () => undefined,
  });
  onTestFinished(() => viewer.close());
  ice.deliver = (datagram) => viewer.receive(datagram);
  const remote = { ufrag: 'uuuu', pwd: 'w'.repeat(22), lite: false, candidates: [], fingerprints: [client.fingerprint] };
  transport.setRemote(remote);
  expect(transport.state).toBe('connecting');
  await viewer.handshake([server.fingerprint]);
  await waitFor('the keys', () => events.includes('connected'));
  return { ...opened, viewer, remote };
}

test('TR1 the first description of the viewer begins the connection; later ones are for ICE', async () => {
  const { ice, events, transport, remote } = await connect();
  transport.setRemote({ ...remote, ufrag: 'vvvv' });
  expect([transport.state, events]).toEqual(['connected', ['connected']]);
  expect(ice.remotes.map(({ ufrag }) => ufrag)).toEqual(['uuuu', 'vvvv']);
});

test('TR2 what is not set up in time ends, and says what DTLS had to say', () => {
  const clock = new SteppedClock();
  const { events } = openTransport(clock);
  clock.advance(PEER_LIMITS.setupTime.value - 1);
  expect(events).toEqual([]);
  clock.advance(1);
  expect(events).toEqual(['ended: the connection was not set up within 30 s']);
});

test('TR3 one end is told, once, and nothing after it was closed', async () => {
  const { ice, events, transport } = openTransport();
  ice.become('failed');
  ice.become('failed');
  expect(events).toEqual(['ended: no network path to the viewer']);
  expect(ice.isClosed, 'what sends over it is closed first').toBe(false);
  transport.close();
  ice.become('connected');
  expect([ice.isClosed, transport.state, events.length]).toEqual([true, 'closed', 1]);
});

test('TR3 a viewer that says goodbye ends it', async () => {
  const { events, viewer } = await connect();
  viewer.close();
  await waitFor('the end', () => events.includes('ended: the viewer closed the connection'));
});

test('TR4 media and paths are told once connected', async () => {
  const { ice, events, transport } = openTransport();
  ice.take(PATH);
  ice.receive(MEDIA);
  expect([events, transport.path]).toEqual([[], PATH]);
  const connected = await connect();
  connected.ice.take(PATH);
  connected.ice.receive(MEDIA);
  connected.ice.receive(Buffer.from([64, 1, 2, 3]));
  connected.ice.take(undefined);
  expect(connected.events).toEqual(['connected', 'path', `media ${MEDIA.length}`, 'no path']);
});

test('TR5 a viewer that is heard again after a silence is told of, one that always was is not', async () => {
  const { ice, events } = await connect();
  for (const state of ['checking', 'connected', 'disconnected', 'connected', 'connected'] as const) ice.become(state);
  expect(events).toEqual(['connected', 'heard again']);
});

test('TR6 the data channel is opened when it was agreed on, and carries messages both ways', async () => {
  const { events, transport, viewer } = await connect();
  const sctp = new RawSctp();
  viewer.onData = (packet) => sctp.write(packet);
  sctp.onData = (packet) => viewer.write(packet);
  transport.send(Buffer.from('too early'));
  transport.openChannel(5000);
  await waitFor('the channel', () => events.includes('channel'));
  sctp.message(Buffer.from('hello'));
  await waitFor('its message', () => events.includes('message hello'));
  const from = sctp.received.length;
  transport.send(Buffer.from('answer'));
  await waitFor('our message', () => sctp.received.slice(from).some(({ packet }) => packet.includes('answer')));
  expect(sctp.received.some(({ packet }) => packet.includes('too early'))).toBe(false);
});

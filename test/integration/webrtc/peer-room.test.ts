import { afterEach, beforeEach, expect, test } from 'vitest';
import { createIceTransports } from '../../../server/ice/ice-transports.js';
import type { IceTransports } from '../../../server/ice/ice-types.js';
import { type Clock, systemClock } from '../../../server/lib/clock.js';
import { createMediaEngine } from '../../../server/media/create-media-engine.js';
import type { MediaEngine } from '../../../server/media/media-engine.js';
import { VIEWER_LIMITS } from '../../../server/viewers/limits.js';
import type { Viewers } from '../../../server/viewers/viewers.js';
import type { WebRtcEntrance } from '../../../server/viewers/webrtc/webrtc-entrance.js';
import { PEER_LIMITS } from '../../../server/webrtc/limits.js';
import { SteppedClock } from '../../support/faults/stepped-clock.js';
import { silentLog } from '../../support/silent-log.js';
import { openWebRtcViewers } from '../../support/webrtc-viewers.js';
import { FakeStream } from '../../unit/media/fake-viewer.js';

const ATTACKER = '203.0.113.66';
const PORTS = 4;
const REQUEST = { video: {}, audio: {} };

let ice: IceTransports;
let engine: MediaEngine;
let hub: {
  readonly request: WebRtcEntrance['request'];
  readonly peer: Viewers['viewer'];
  close(): void;
};
let closed: string[] = [];

async function open(udp: Parameters<typeof createIceTransports>[0]['udp'], clock: Clock = systemClock): Promise<void> {
  const made = await createIceTransports({
    udp,
    tcp: { kind: 'off' },
    filters: { ips: ['127.0.0.1'], loopback: true },
    clock: systemClock,
    log: silentLog,
  });
  if (!made.ok) throw new Error(made.error);
  ice = made.value;
  engine = createMediaEngine({ clock: systemClock });
  const { viewers, webrtc } = openWebRtcViewers({
    ice,
    engine,
    fanouts: {
      video: new Map([['main', engine.fanout(new FakeStream('main'))]]),
      audio: engine.fanout(new FakeStream('audio', 'audio')),
    },
    trickle: true,
    clock,
  });
  hub = {
    request: (...asked) => webrtc.request(...asked),
    peer: (sessionId) => viewers.viewer(sessionId),
    close: () => viewers.close(),
  };
}

beforeEach(() => {
  closed = [];
});

afterEach(async () => {
  hub.close();
  engine.close();
  await ice.close();
});

async function request(sessionId: string, clientAddress: string) {
  return hub.request(
    sessionId,
    REQUEST,
    {
      onCandidate() {},
      onVideo() {},
      onAudio() {},
      onIceServers() {},
      onConnected() {},
      onClosed: () => closed.push(sessionId),
      onInput() {},
    },
    { paused: false, clientAddress },
  );
}

test('offers that nobody answers keep nobody out of a range that they use up, and nobody is ended for a port', async () => {
  await open({ kind: 'range', minPort: 13_300, maxPort: 13_300 + PORTS - 1 });
  expect((await request('honest', '192.0.2.1')).ok).toBe(true);
  for (let i = 1; i < PORTS; i++) expect((await request(`attacker ${i}`, ATTACKER)).ok).toBe(true);
  expect((await request('next', '192.0.2.2')).ok).toBe(true);
  for (let i = PORTS; i < 2 * PORTS; i++) expect((await request(`attacker ${i}`, ATTACKER)).ok).toBe(true);
  expect([hub.peer('honest'), hub.peer('next')].every(Boolean)).toBe(true);
  expect(closed).toEqual([]);
});

test('a session that asks again on a range that its own peer uses up gets another peer', async () => {
  await open({ kind: 'range', minPort: 13_310, maxPort: 13_310 });
  for (let i = 0; i < 5; i++) expect((await request('alone', '192.0.2.1')).ok).toBe(true);
  expect(closed, 'a peer that is replaced is nothing to tell').toEqual([]);
});

test('so many peers may be on their way and no more; the oldest of the greediest address gives way', async () => {
  await open({ kind: 'mux', port: 0 });
  const most = VIEWER_LIMITS.settingUp.value;
  expect((await request('honest', '192.0.2.1')).ok).toBe(true);
  for (let i = 1; i < most; i++) await request(`attacker ${i}`, ATTACKER);
  expect(closed).toEqual([]);
  expect((await request('one more', '192.0.2.2')).ok).toBe(true);
  expect(closed).toEqual(['attacker 1']);
  expect(hub.peer('honest')).toBeDefined();
});

test('so many peers of a session may be made at once and no more', async () => {
  await open({ kind: 'mux', port: 0 });
  const most = VIEWER_LIMITS.pendingPerSession.value;
  const outcomes = await Promise.all(Array.from({ length: most + 1 }, () => request('hasty', '192.0.2.1')));
  expect(outcomes.map(({ ok }) => ok)).toEqual([...Array<boolean>(most).fill(true), false]);
});

test('a peer that is not connected in time is closed, no sooner, and one that came later has its own time', async () => {
  const clock = new SteppedClock();
  await open({ kind: 'mux', port: 0 }, clock);
  const limitMs = PEER_LIMITS.setupTime.value;
  expect((await request('slow', ATTACKER)).ok).toBe(true);
  clock.advance(limitMs / 2);
  expect((await request('later', '192.0.2.1')).ok).toBe(true);
  clock.advance(limitMs / 2 - 1);
  expect(closed).toEqual([]);
  clock.advance(1);
  expect([closed, hub.peer('slow'), hub.peer('later') !== undefined]).toEqual([['slow'], undefined, true]);
});

import wrtc from '@roamhq/wrtc';
import { afterEach, expect, test } from 'vitest';
import { formatCandidate } from '../../../server/ice/candidates/candidate.js';
import { createIceTransports } from '../../../server/ice/ice-transports.js';
import type { IcePeer, IceTransportsOptions } from '../../../server/ice/ice-types.js';
import { systemClock } from '../../../server/lib/clock.js';
import { waitFor } from '../../support/wait-for.js';

const log = { debug() {}, info() {}, warn() {}, error() {} };
const open: { close(): unknown }[] = [];

afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

/** An offer with one data section; the fingerprint belongs to nobody, since ICE is done before DTLS looks at it. */
function offerOf(server: IcePeer): string {
  const { ufrag, pwd, lite } = server.local;
  return [
    'v=0',
    'o=- 1 2 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    ...(lite ? ['a=ice-lite'] : []),
    'a=group:BUNDLE 0',
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    'c=IN IP4 0.0.0.0',
    'a=mid:0',
    `a=ice-ufrag:${ufrag}`,
    `a=ice-pwd:${pwd}`,
    `a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => 'AA').join(':')}`,
    'a=setup:actpass',
    'a=sctp-port:5000',
    ...server.candidates().map((candidate) => `a=${formatCandidate(candidate)}`),
    '',
  ].join('\r\n');
}

const attributeOf = (sdp: string, name: string) => new RegExp(`^a=${name}:(.*?)\r?$`, 'm').exec(sdp)?.[1] ?? '';

async function connect(options: Partial<IceTransportsOptions>, tellCandidates: boolean) {
  const made = await createIceTransports({ udp: { kind: 'off' }, tcp: { kind: 'off' }, clock: systemClock, log, ...options });
  if (!made.ok) throw new Error(made.error);
  open.push(made.value);
  const server = await made.value.createPeer({ clientAddress: '127.0.0.1' });
  if (!server.ok) throw new Error(server.error);
  const peer = server.value;
  const browser = new wrtc.RTCPeerConnection();
  open.push({ close: () => browser.close() });
  browser.onicecandidate = ({ candidate }) => {
    if (tellCandidates && candidate) peer.addRemoteCandidate(candidate.candidate);
  };
  const firstDatagram: number[] = [];
  peer.onDatagram((bytes) => firstDatagram.push(bytes[0]!));
  await browser.setRemoteDescription({ type: 'offer', sdp: offerOf(peer) });
  await browser.setLocalDescription(await browser.createAnswer());
  const startMs = performance.now();
  const sdp = browser.localDescription?.sdp ?? '';
  peer.setRemote({ ufrag: attributeOf(sdp, 'ice-ufrag'), pwd: attributeOf(sdp, 'ice-pwd'), lite: false });
  await waitFor(() => peer.state === 'connected');
  const tookMs = performance.now() - startMs;
  await waitFor(() => ['connected', 'completed'].includes(browser.iceConnectionState));
  return { peer, browser, tookMs, firstDatagram };
}

test.each<[string, Partial<IceTransportsOptions>, boolean]>([
  ['UDP mux, candidates told', { udp: { kind: 'mux', port: 0 } }, true],
  ['UDP mux, candidates hidden', { udp: { kind: 'mux', port: 0 } }, false],
  ['UDP range', { udp: { kind: 'range', minPort: 43_000, maxPort: 43_999 } }, true],
  ['UDP mux, ICE-lite', { udp: { kind: 'mux', port: 0 }, lite: true }, false],
  ['TCP mux', { tcp: { kind: 'mux', port: 0 } }, false],
])('IT16 libwebrtc connects within a second and its DTLS arrives: %s', async (_name, options, tellCandidates) => {
  const { peer, tookMs, firstDatagram } = await connect(options, tellCandidates);
  expect(tookMs).toBeLessThan(1000);
  await waitFor(() => firstDatagram.length > 0);
  // A DTLS handshake record (RFC 7983).
  expect(firstDatagram[0]).toBe(22);
  expect(peer.selectedPair()?.local.transport).toBe(options.tcp ? 'tcp' : 'udp');
});

test('IT16 libwebrtc follows an ICE restart over the same path', async () => {
  const { peer, browser } = await connect({ udp: { kind: 'mux', port: 0 } }, true);
  const states: string[] = [];
  peer.onState((state) => states.push(state));
  let paths = 0;
  peer.onPath(() => paths++);
  peer.restart();
  await browser.setRemoteDescription({ type: 'offer', sdp: offerOf(peer) });
  await browser.setLocalDescription(await browser.createAnswer());
  const sdp = browser.localDescription?.sdp ?? '';
  peer.setRemote({ ufrag: attributeOf(sdp, 'ice-ufrag'), pwd: attributeOf(sdp, 'ice-pwd'), lite: false });
  await waitFor(() => paths > 0);
  expect(states).toEqual([]);
  browser.close();
  await waitFor(() => states.includes('disconnected'));
});

import { expect, test } from 'vitest';
import { connectionWords } from '../../../client/connection/connection-words.js';
import type { PeerPhase } from '../../../client/connection/media/peer-policy.js';
import { EMPTY_REPORT, readStats, usesOwnRelay } from '../../../client/connection/media/stats-report.js';
import type { SessionPolicyState } from '../../../client/connection/session-policy.js';

const live: SessionPolicyState = { kind: 'live', lastMessageMs: 0 };
const connected: PeerPhase = { kind: 'connected' };
const none: PeerPhase = { kind: 'none' };
const lost: SessionPolicyState = {
  kind: 'waiting',
  untilMs: 0,
  attempt: 1,
  again: true,
  next: 'open',
  notice: 'The server is restarting.',
};

test.each<readonly [SessionPolicyState, PeerPhase, string, string, string]>([
  [live, connected, 'good', 'Connected', ''],
  [live, none, 'busy', 'Starting the picture…', 'Starting the picture.'],
  [
    live,
    { kind: 'requested', sinceMs: 0, attempt: 1 },
    'busy',
    'Starting the picture…',
    'No picture came through yet. Still trying; the network may block it.',
  ],
  [
    live,
    { kind: 'retrying', untilMs: 0, attempt: 1, reason: 'All ports are in use.' },
    'busy',
    'Starting the picture…',
    'The server says: All ports are in use. Trying again.',
  ],
  [
    live,
    { kind: 'requested', sinceMs: 0, attempt: 1, reason: 'All ports are in use.' },
    'busy',
    'Starting the picture…',
    'The server says: All ports are in use. Trying again.',
  ],
  [live, { kind: 'shaky', sinceMs: 0 }, 'busy', 'Connection is unstable…', ''],
  [
    live,
    { kind: 'repairing', sinceMs: 0, heard: false },
    'busy',
    'Repairing the connection…',
    'The network was interrupted. Repairing the connection.',
  ],
  [lost, none, 'busy', 'Reconnecting…', 'The server is restarting. Trying again.'],
  [lost, connected, 'busy', 'Reconnecting…', ''],
  [{ kind: 'opening', sinceMs: 0, attempt: 0, again: false }, none, 'busy', 'Connecting…', 'Connecting to the desktop.'],
  [{ kind: 'ended', notice: 'An admin has disconnected you.' }, none, 'bad', 'Disconnected', 'An admin has disconnected you.'],
])('%o with a peer %o', (session, peer, tone, short, detail) => {
  expect(connectionWords(session, peer, true)).toEqual({ tone, short, detail });
});

test('who may not watch is told so', () => {
  expect(connectionWords(live, none, false)).toMatchObject({ tone: 'bad', detail: 'An admin has not allowed you to watch.' });
});

test('statistics become rates between two reports, and begin anew with a new peer', () => {
  const entries = (timestamp: number, bytesReceived: number, packetsReceived: number, packetsLost: number) => [
    {
      id: 'v',
      type: 'inbound-rtp',
      kind: 'video',
      codecId: 'c',
      timestamp,
      bytesReceived,
      packetsReceived,
      packetsLost,
      frameWidth: 1280,
      frameHeight: 720,
    },
    { id: 'c', type: 'codec', mimeType: 'video/VP8' },
    { id: 't', type: 'transport', selectedCandidatePairId: 'p' },
    { id: 'p', type: 'candidate-pair', localCandidateId: 'l', remoteCandidateId: 'r' },
    { id: 'l', type: 'local-candidate', candidateType: 'relay', protocol: 'tcp' },
    { id: 'r', type: 'remote-candidate', candidateType: 'host' },
  ];
  const first = readStats(entries(1_000, 0, 0, 0), EMPTY_REPORT);
  expect(first).toMatchObject({ width: 1280, height: 720, codec: 'VP8', path: 'TCP, through a relay', bitrateBps: null });
  const second = readStats(entries(2_000, 250_000, 190, 10), first);
  expect(second).toMatchObject({ bitrateBps: 2_000_000, lostPercent: 5 });
  expect(readStats(entries(3_000, 10, 1, 0), second)).toMatchObject({ bitrateBps: null, lostPercent: null });
});

test.each([
  ['relay', 'host', true],
  ['host', 'relay', false],
  ['prflx', 'prflx', false],
])('a relay of our own, told by the pair in use: local %s, remote %s', (local, remote, own) => {
  const entries = [
    { id: 't', type: 'transport', selectedCandidatePairId: 'p' },
    { id: 'p', type: 'candidate-pair', localCandidateId: 'l', remoteCandidateId: 'r' },
    { id: 'l', type: 'local-candidate', candidateType: local },
    { id: 'r', type: 'remote-candidate', candidateType: remote },
  ];
  expect(usesOwnRelay(entries)).toBe(own);
  expect(usesOwnRelay(entries.slice(1))).toBe(false);
});

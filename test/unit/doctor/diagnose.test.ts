import { describe, expect, test } from 'vitest';
import { diagnose, verdictOf } from '../../../server/doctor/diagnosis/diagnose.js';
import type { ClientFacts, DoctorFacts } from '../../../server/doctor/diagnosis/facts.js';
import { FAILED, type Path, type PathOutcome, type PathResult } from '../../../server/doctor/diagnosis/path.js';

const LAN = { interfaceName: 'eth0', address: '192.168.1.5', prefixLength: 24 };
const BRIDGED = { interfaceName: 'eth0', address: '172.17.0.2', prefixLength: 16 };
const LOOPBACK = { interfaceName: 'lo', address: '127.0.0.1', prefixLength: 8 };

const FACTS: DoctorFacts = {
  udp: { kind: 'mux', port: 52100 },
  tcp: { kind: 'mux', port: 52100 },
  lite: false,
  nat1to1: [],
  found: [],
  statics: [],
  locals: [LOOPBACK, LAN],
  inContainer: false,
  http: { port: 8080, tls: false, proxy: false },
  turnSecret: false,
};
const CONTAINER: DoctorFacts = { ...FACTS, locals: [LOOPBACK, BRIDGED], inContainer: true };
const CLIENT: ClientFacts = {
  address: '198.51.100.7',
  page: { secure: false, host: 'desk.example.org', port: 8080 },
  losses: [],
};
const IN_LAN: ClientFacts = { ...CLIENT, address: '192.168.1.77', page: { ...CLIENT.page, host: '192.168.1.5' } };

const host = (transport: 'udp' | 'tcp', address: string, port = 52100): Path => ({ kind: 'host', transport, address, port });
const works = (rttMs: number | null = 12): PathOutcome => ({ kind: 'works', rttMs });
const failedWith = (code: number, text = '', more: Partial<Extract<PathOutcome, { kind: 'failed' }>> = {}): PathOutcome => ({
  kind: 'failed',
  ice: false,
  heard: false,
  gathered: false,
  errors: [{ code, text }],
  ...more,
});
const tried = (path: Path, outcome: PathOutcome = FAILED, side: 'browser' | 'server' = 'browser'): PathResult => ({
  side,
  path,
  outcome,
});

interface Row {
  readonly what: string;
  readonly facts?: Partial<DoctorFacts>;
  readonly client?: ClientFacts;
  /** The first one is asked about. */
  readonly results: readonly PathResult[];
  readonly state: 'blocked' | 'wrong' | 'works';
  readonly cause: string;
  /** Words that the explanation, remedy or lines must have. */
  readonly says: readonly string[];
}

const turn: Path = { kind: 'turn', url: 'turn:turn.example.org:3478' };
const turns: Path = { kind: 'turn', url: 'turns:turn.example.org' };
const stun: Path = { kind: 'stun', url: 'stun:stun.example.org' };

const ROWS: Row[] = [
  {
    what: 'the UDP port is not published',
    facts: { ...CONTAINER, nat1to1: [{ external: '203.0.113.9' }] },
    results: [tried(host('udp', '203.0.113.9')), tried(host('tcp', '203.0.113.9'), works())],
    state: 'blocked',
    cause: 'udp-port-not-published',
    says: ['52100 as UDP', 'ports:\n  - "52100:52100/udp"', 'NEKO_WEBRTC_CANDIDATES'],
  },
  {
    what: 'a range is not published as UDP',
    facts: { ...CONTAINER, nat1to1: [{ external: '203.0.113.9' }], udp: { kind: 'range', minPort: 59000, maxPort: 59100 } },
    results: [tried(host('udp', '203.0.113.9', 59007))],
    state: 'blocked',
    cause: 'udp-port-not-published',
    says: ['- "59000-59100:59000-59100/udp"', 'outside and inside must be the same'],
  },
  {
    what: 'the TCP port is not published',
    facts: { ...CONTAINER, nat1to1: [{ external: '203.0.113.9' }] },
    results: [tried(host('tcp', '203.0.113.9')), tried(host('udp', '203.0.113.9'), works())],
    state: 'blocked',
    cause: 'tcp-port-not-published',
    says: ['- "52100:52100/tcp"'],
  },
  {
    what: 'the port has another number outside, as the page shows',
    facts: { ...CONTAINER, nat1to1: [{ external: '203.0.113.9' }], tcp: { kind: 'shared', port: 8080 } },
    client: { ...CLIENT, page: { secure: false, host: '203.0.113.9', port: 9090 } },
    results: [tried(host('tcp', '203.0.113.9', 8080))],
    state: 'wrong',
    cause: 'port-remapped',
    says: ['port 8080 has the number 9090', 'NEKO_WEBRTC_CANDIDATES: "203.0.113.9:9090"'],
  },
  ...(
    [
      [80, 'tcp', '192.168.1.5', 'Browsers refuse port 80 on private addresses for ICE over TCP'],
      [443, 'tcp', '192.168.1.5', 'Browsers refuse port 443 on private addresses for ICE over TCP'],
      [443, 'udp', '192.168.1.5', 'Browsers refuse port 443 on private addresses for ICE over UDP'],
      [81, 'tcp', '192.168.1.5', 'Browsers refuse port 81, as every one below 1024 but 80 and 443,'],
    ] as const
  ).map(
    ([port, transport, address, says]): Row => ({
      what: `browsers refuse ${address}:${port} over ${transport}`,
      facts: { tcp: { kind: 'shared', port }, http: { port, tls: port === 443, proxy: false } },
      client: { ...IN_LAN, page: { ...IN_LAN.page, port, secure: port === 443 } },
      results: [tried(host(transport, address, port))],
      state: 'wrong',
      cause: 'browser-refuses-port',
      says: [says, 'No firewall is to blame', `NEKO_WEBRTC_${transport.toUpperCase()}MUX: "52100"`],
    }),
  ),
  {
    what: 'a static candidate on such a port, too',
    facts: { statics: [{ kind: 'address', host: '192.168.1.5', port: 443 }] },
    client: IN_LAN,
    results: [tried(host('tcp', '192.168.1.5', 443))],
    state: 'wrong',
    cause: 'browser-refuses-port',
    says: ['so none of them tries 192.168.1.5:443'],
  },
  {
    what: 'port 443 on a public address is one like any other',
    facts: { nat1to1: [{ external: '203.0.113.9' }], tcp: { kind: 'mux', port: 443 } },
    results: [tried(host('tcp', '203.0.113.9', 443))],
    state: 'blocked',
    cause: 'tcp-port-not-published',
    says: ['443:443/tcp'],
  },
  {
    what: 'so is port 1024 on a private one',
    facts: { tcp: { kind: 'mux', port: 1024 } },
    client: IN_LAN,
    results: [tried(host('tcp', '192.168.1.5', 1024))],
    state: 'blocked',
    cause: 'tcp-port-not-published',
    says: ['1024:1024/tcp'],
  },
  {
    what: 'a static candidate names a port where nobody listens',
    facts: { statics: [{ kind: 'address', host: '203.0.113.9', port: 52999 }] },
    results: [tried(host('udp', '203.0.113.9', 52999))],
    state: 'wrong',
    cause: 'static-port',
    says: ['NEKO_WEBRTC_CANDIDATES tells viewers 203.0.113.9:52999', '- "52999:52100/udp"'],
  },
  {
    what: 'NAT1TO1 is the address of the container',
    facts: { ...CONTAINER, nat1to1: [{ external: '172.17.0.2' }] },
    results: [tried(host('udp', '172.17.0.2'))],
    state: 'wrong',
    cause: 'nat1to1-private',
    says: ['NEKO_WEBRTC_NAT1TO1 is 172.17.0.2, an address inside a container network', 'NEKO_WEBRTC_NAT1TO1: "desk.example.org"'],
  },
  {
    what: 'NAT1TO1 is the address of the container, and the viewer is in the local network',
    facts: { ...CONTAINER, nat1to1: [{ external: '172.17.0.2' }] },
    client: IN_LAN,
    results: [tried(host('udp', '172.17.0.2'))],
    state: 'wrong',
    cause: 'nat1to1-private',
    says: ['NEKO_WEBRTC_NAT1TO1: "192.168.1.5"'],
  },
  {
    what: 'NAT1TO1 is a private address, and the viewer comes from outside',
    facts: { nat1to1: [{ external: '192.168.1.5' }] },
    results: [tried(host('udp', '192.168.1.5'))],
    state: 'wrong',
    cause: 'nat1to1-private',
    says: ['a private address', '198.51.100.7'],
  },
  {
    what: 'nothing is set behind a router',
    results: [tried(host('udp', '192.168.1.5'))],
    state: 'wrong',
    cause: 'no-external-address',
    says: ['knows only its address in its own network, 192.168.1.5', 'NEKO_WEBRTC_NAT1TO1: "desk.example.org"'],
  },
  {
    what: 'nothing is set in a container, and the gateway hides the viewer',
    facts: CONTAINER,
    client: { ...IN_LAN, address: '172.17.0.1' },
    results: [tried(host('udp', '172.17.0.2'))],
    state: 'wrong',
    cause: 'no-external-address',
    says: ['inside its container', 'NEKO_WEBRTC_NAT1TO1: "192.168.1.5"'],
  },
  {
    what: 'a local address beside an external one is for others',
    facts: { found: ['203.0.113.9'] },
    results: [tried(host('udp', '192.168.1.5')), tried(host('udp', '203.0.113.9'), works())],
    state: 'blocked',
    cause: 'local-only',
    says: ['Nothing to do'],
  },
  {
    what: 'a container on the network of the house is no stranger there',
    facts: { inContainer: true },
    client: IN_LAN,
    results: [tried(host('udp', '192.168.1.5'))],
    state: 'blocked',
    cause: 'udp-port-not-published',
    says: ['firewall'],
  },
  {
    what: 'loopback is shown to somebody else',
    results: [tried(host('udp', '127.0.0.1'))],
    state: 'wrong',
    cause: 'loopback-only',
    says: ['NEKO_WEBRTC_FILTERS_LOOPBACK'],
  },
  {
    what: 'the router has no hairpin',
    facts: { nat1to1: [{ external: '203.0.113.9' }] },
    client: IN_LAN,
    results: [tried(host('udp', '203.0.113.9'))],
    state: 'blocked',
    cause: 'no-hairpin',
    says: ['same network as the server', 'NEKO_WEBRTC_NAT1TO1: "203.0.113.9 192.168.1.5"'],
  },
  {
    what: 'the router has no hairpin, and shows the viewer with the address of both',
    facts: { ...CONTAINER, nat1to1: [{ external: '203.0.113.9' }] },
    client: { ...CLIENT, address: '203.0.113.9' },
    results: [tried(host('udp', '203.0.113.9'))],
    state: 'blocked',
    cause: 'no-hairpin',
    says: ['NAT loopback'],
  },
  {
    what: 'the network of the viewer drops UDP',
    facts: { nat1to1: [{ external: '203.0.113.9' }] },
    results: [tried(host('udp', '203.0.113.9')), tried(stun, failedWith(701)), tried(stun, works(), 'server')],
    state: 'blocked',
    cause: 'viewer-blocks-udp',
    says: ['lets no UDP through'],
  },
  {
    what: 'requests arrive, answers do not',
    facts: { nat1to1: [{ external: '203.0.113.9' }] },
    results: [tried(host('udp', '203.0.113.9'), failedWith(0, '', { heard: true, errors: [] }))],
    state: 'blocked',
    cause: 'replies-lost',
    says: ['our answers do not come back'],
  },
  {
    what: 'checks pass, DTLS does not',
    facts: { nat1to1: [{ external: '203.0.113.9' }] },
    results: [tried(host('udp', '203.0.113.9'), failedWith(0, '', { ice: true, heard: true, errors: [] }))],
    state: 'blocked',
    cause: 'dtls-blocked',
    says: ['DTLS'],
  },
  {
    what: 'our mapping lets nobody in',
    results: [tried({ kind: 'srflx', address: '203.0.113.9', port: 40000 })],
    state: 'blocked',
    cause: 'mapping-closed',
    says: ['Forward the ports'],
  },
  {
    what: 'our relay gets nothing',
    results: [tried({ kind: 'relay', address: '203.0.113.9', port: 50000 })],
    state: 'blocked',
    cause: 'relay-unreachable',
    says: ['49152-65535'],
  },
  {
    what: 'TURN refuses a password',
    results: [tried(turn, failedWith(401, 'Unauthorized'))],
    state: 'wrong',
    cause: 'turn-credentials',
    says: ['NEKO_WEBRTC_ICESERVERS', '"username": "<user>"'],
  },
  {
    what: 'TURN refuses what the browser does not say, but the server was told',
    results: [tried(turn, failedWith(701)), tried(turn, failedWith(401, 'Unauthorized'), 'server')],
    state: 'wrong',
    cause: 'turn-credentials',
    says: ['refuses the credentials'],
  },
  {
    what: 'TURN refuses time-limited credentials',
    facts: { turnSecret: true },
    results: [tried(turn, failedWith(401, 'Unauthorized'))],
    state: 'wrong',
    cause: 'turn-credentials',
    says: ['static-auth-secret', 'clocks', 'expired'],
  },
  {
    what: 'the certificate of TURN is bad',
    results: [tried(turns, failedWith(701)), tried(turns, failedWith(701, 'self-signed certificate'), 'server')],
    state: 'wrong',
    cause: 'turn-certificate',
    says: ['self-signed certificate', 'whole chain'],
  },
  {
    what: 'TURN does not exist',
    results: [tried(turn, failedWith(701)), tried(turn, failedWith(701, 'connect ECONNREFUSED'), 'server')],
    state: 'blocked',
    cause: 'turn-unreachable',
    says: ['at all (connect ECONNREFUSED)', '3478'],
  },
  {
    what: 'TURN answers the server but not the viewer',
    results: [tried(turn, failedWith(701)), tried(turn, works(), 'server')],
    state: 'blocked',
    cause: 'turn-unreachable',
    says: ['though the server reaches it', 'transport=tcp'],
  },
  {
    what: 'TURN is full',
    results: [tried(turn, failedWith(486, 'Allocation Quota Reached'))],
    state: 'wrong',
    cause: 'turn-refused',
    says: ['486 Allocation Quota Reached'],
  },
  {
    what: 'TURN gives a relay that does not reach us',
    results: [tried(turn, failedWith(0, '', { gathered: true, errors: [] }))],
    state: 'blocked',
    cause: 'turn-no-route',
    says: ['NEKO_WEBRTC_ICESERVERS_BACKEND'],
  },
  {
    what: 'STUN is silent',
    results: [tried(stun, failedWith(701)), tried(stun, failedWith(701), 'server')],
    state: 'blocked',
    cause: 'stun-silent',
    says: ['stun:stun.example.org does not answer.', 'NEKO_WEBRTC_ICETRICKLE'],
  },
  {
    what: 'a proxy ends the WebSocket when it is idle',
    client: {
      ...CLIENT,
      losses: [
        { idle_ms: 5010, lifetime_ms: 15_020 },
        { idle_ms: 5050, lifetime_ms: 5060 },
      ].map(({ idle_ms: idleMs, lifetime_ms: lifetimeMs }) => ({ idleMs, lifetimeMs })),
    },
    results: [tried({ kind: 'websocket' }, works())],
    state: 'wrong',
    cause: 'proxy-idle',
    says: ['after 5 s without a message', 'proxy_read_timeout 60s;'],
  },
  {
    what: 'https outside, http inside, and the proxy is not known',
    client: { ...CLIENT, page: { secure: true, host: 'desk.example.org', port: 443 } },
    results: [tried({ kind: 'websocket' }, works())],
    state: 'wrong',
    cause: 'proxy-unknown',
    says: ['NEKO_SERVER_PROXY: "true"'],
  },
  {
    what: 'a page over http from outside',
    results: [tried({ kind: 'websocket' }, works())],
    state: 'works',
    cause: 'page-insecure',
    says: ['clipboard'],
  },
  {
    what: 'our own HTTP port is silent',
    results: [tried({ kind: 'http', port: 8080 }, FAILED, 'server')],
    state: 'blocked',
    cause: 'http-silent',
    says: ['- "8080:8080"'],
  },
];

describe('each cause is told by what was tried, with what mends it', () => {
  test.each(ROWS)('$what: $cause', ({ facts, client = CLIENT, results, state, cause, says }) => {
    const [finding] = diagnose({ ...FACTS, ...facts }, client, results);
    expect(finding).toMatchObject({ state, cause });
    const text = [finding?.explanation, finding?.remedy, finding?.snippet].join('\n');
    for (const words of says) expect(text).toContain(words);
    expect(text).not.toMatch(/undefined|null|NaN/);
  });
});

describe('what is well is left alone', () => {
  const HOME: ClientFacts = { ...IN_LAN, page: { ...IN_LAN.page, secure: false } };

  test('a working path has its round trip and no words', () => {
    const [finding] = diagnose(FACTS, HOME, [tried(host('udp', '192.168.1.5'), works(3))]);
    expect(finding).toEqual({
      id: 'browser host udp 192.168.1.5:52100',
      side: 'browser',
      kind: 'udp',
      label: 'UDP 192.168.1.5:52100',
      state: 'works',
      rtt_ms: 3,
      cause: null,
      explanation: '',
      remedy: '',
      snippet: '',
    });
  });

  test.each([
    ['once', [5000]],
    ['after different times', [2000, 7000, 4000]],
    ['after the heartbeat', [24_000, 24_100]],
    ['at once', [10, 20, 30]],
  ])('a WebSocket that broke %s has no idle limit', (_when, idle) => {
    const losses = idle.map((idleMs) => ({ idleMs, lifetimeMs: 60_000 }));
    expect(diagnose(FACTS, { ...HOME, losses }, [tried({ kind: 'websocket' }, works())])[0]).toMatchObject({ state: 'works' });
  });

  test('the server alone does not blame viewers for what it cannot try', () => {
    const findings = diagnose(FACTS, undefined, [
      tried(host('udp', '203.0.113.9'), { kind: 'untested', reason: 'It cannot be tested from here.' }, 'server'),
    ]);
    expect(findings[0]).toMatchObject({ state: 'untested', cause: null, explanation: 'It cannot be tested from here.' });
  });
});

test.each<[string, readonly PathResult[]]>([
  ['All 2 paths work.', [tried(host('udp', '192.168.1.5'), works()), tried(host('tcp', '192.168.1.5'), works())]],
  ['The picture has a way: 1 of 2 paths work.', [tried(host('udp', '192.168.1.5'), works()), tried(host('tcp', '192.168.1.5'))]],
  [
    'No path for the picture works. The first remedy below is the one to begin with.',
    [tried(host('udp', '192.168.1.5')), tried({ kind: 'websocket' }, works())],
  ],
  ['No path for the picture could be tested.', [tried({ kind: 'websocket' }, works())]],
])('%s', (verdict, results) => {
  expect(verdictOf(diagnose(FACTS, IN_LAN, results))).toBe(verdict);
});

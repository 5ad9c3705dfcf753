import { createServer, type Server } from 'node:http';
import wrtc from '@roamhq/wrtc';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type CheckState, ConnectionCheck } from '../../../client/connection/check/connection-check.js';
import { readMessage } from '../../../client/wire/read-message.js';
import { type Doctor, openDoctor } from '../../../server/doctor/doctor.js';
import { createIceTransports } from '../../../server/ice/ice-transports.js';
import type { IceServerWithCa, IceTransportsOptions } from '../../../server/ice/ice-types.js';
import { systemClock } from '../../../server/lib/clock.js';
import { decode } from '../../../server/protocol/decode.js';
import { type DoctorFinding, DoctorView, doctorClientEvents as events } from '../../../server/protocol/doctor.js';
import { type Coturn, HAS_COTURN, startCoturn } from '../../support/servers/coturn.js';
import { silentLog } from '../../support/silent-log.js';
import { waitFor } from '../../support/wait-for.js';

const ADDRESS = '127.0.0.1';
const open: { close(): unknown }[] = [];
let http: Server;
let httpPort: number;

beforeAll(async () => {
  vi.stubGlobal('RTCPeerConnection', wrtc.RTCPeerConnection);
  http = createServer((_request, response) => response.end('true'));
  await new Promise<void>((resolve) => http.listen(0, ADDRESS, resolve));
  const address = http.address();
  httpPort = typeof address === 'object' && address ? address.port : 0;
});
afterAll(() => {
  http.close();
  vi.unstubAllGlobals();
});
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

async function startDoctor(
  options: Partial<IceTransportsOptions>,
  frontendServers: readonly IceServerWithCa[] = [],
): Promise<Doctor> {
  const tcp = { kind: 'off' } as const;
  const udp = { kind: 'range', minPort: 46_000, maxPort: 46_039 } as const;
  const iceOptions: IceTransportsOptions = { udp, tcp, clock: systemClock, log: silentLog, ...options };
  const ice = await createIceTransports(iceOptions);
  if (!ice.ok) throw new Error(ice.error);
  open.push(ice.value);
  const port = { host: ADDRESS, port: httpPort, tls: false, pathPrefix: '', proxy: false };
  const doctor = await openDoctor({
    ice: ice.value,
    iceOptions,
    frontendServers,
    http: port,
    clock: systemClock,
    log: silentLog,
  });
  open.push(doctor);
  return doctor;
}

/** The page's own check against the doctor, on libwebrtc; what passes between them passes as text. */
async function check(doctor: Doctor, sessionId: string, isAdmin = false): Promise<readonly DoctorFinding[]> {
  const seen: { state: CheckState } = { state: { kind: 'idle' } };
  const received = (text: string) => {
    const message = readMessage(text);
    if (message?.event === 'doctor/probe') void page.try(message.payload);
    else if (message?.event === 'doctor/report') page.report(message.payload);
    else throw new Error(`unreadable: ${text}`);
  };
  const page = new ConnectionCheck(
    `http://${ADDRESS}:${httpPort}/`,
    {
      signal(event, payload) {
        const wire: unknown = JSON.parse(JSON.stringify(payload));
        setImmediate(() => deliver(doctor, sessionId, isAdmin, event, wire, received));
        return true;
      },
      changed: (next) => {
        seen.state = next;
      },
    },
    systemClock,
  );
  page.start([]);
  await waitFor('the end of the check', () => seen.state.kind !== 'running', 28_000);
  if (seen.state.kind !== 'done') throw new Error(JSON.stringify(seen.state));
  return seen.state.report.findings;
}

function deliver(
  doctor: Doctor,
  sessionId: string,
  isAdmin: boolean,
  event: string,
  wire: unknown,
  received: (text: string) => void,
): void {
  const read = <T>(result: { ok: true; value: T } | { ok: false; error: string }): T => {
    if (!result.ok) throw new Error(`${event}: ${result.error}`);
    return result.value;
  };
  if (event === 'doctor/start') {
    const send = (message: unknown) => void setImmediate(() => received(JSON.stringify(message)));
    read(doctor.start(sessionId, read(decode(events['doctor/start'], wire)), { clientAddress: ADDRESS, isAdmin, send }));
  } else if (event === 'doctor/answer') {
    const { probe, sdp } = read(decode(events['doctor/answer'], wire));
    read(doctor.answer(sessionId, probe, sdp));
  } else if (event === 'doctor/candidate') {
    const { probe, candidate } = read(decode(events['doctor/candidate'], wire));
    doctor.candidate(sessionId, probe, candidate);
  } else read(doctor.result(sessionId, read(decode(events['doctor/result'], wire))));
}

const summary = (findings: readonly DoctorFinding[]) => findings.map(({ label, state, cause }) => `${label} ${state} ${cause}`);

describe('from libwebrtc', () => {
  test('every path of a range works, and all ports come back', async () => {
    // Four addresses, a scout and three probes at a time use up to 16 of the 40 ports: a leak would show.
    const doctor = await startDoctor({});
    for (const session of ['one', 'two', 'three', 'four']) {
      const findings = await check(doctor, session);
      expect(findings.length).toBeGreaterThan(1);
      expect(findings.filter(({ state }) => state !== 'works').map(({ label }) => label)).toEqual([]);
      expect(findings.every(({ rtt_ms: rttMs }) => rttMs !== null && rttMs < 5000)).toBe(true);
    }
  });

  test('a static candidate where nobody listens is wrong, over UDP and TCP; the others work', async () => {
    const doctor = await startDoctor({
      udp: { kind: 'mux', port: 12_100 },
      tcp: { kind: 'mux', port: 12_100 },
      candidates: [{ kind: 'address', host: ADDRESS, port: 12_199 }],
    });
    const findings = await check(doctor, 'one');
    const dead = findings.filter(({ label }) => label.endsWith(':12199'));
    expect(summary(dead)).toEqual([`UDP ${ADDRESS}:12199 wrong static-port`, `TCP ${ADDRESS}:12199 wrong static-port`]);
    expect(dead[0]?.snippet).toContain('"12199:12100/udp"');
    const others = findings.filter((each) => !dead.includes(each));
    expect(others.length).toBeGreaterThan(2);
    expect(others.filter(({ state }) => state !== 'works').map(({ label }) => label)).toEqual([]);
  });

  test('an admin is told what the server tried, others are not', async () => {
    const admin = await check(await startDoctor({}, [{ urls: ['stun:127.0.0.1:9'] }]), 'admin', true);
    const user = await check(await startDoctor({ udp: { kind: 'mux', port: 12_103 } }), 'user');
    const ofServer = admin.filter(({ side }) => side === 'server');
    expect(summary(ofServer)).toContain(`HTTP port ${httpPort} works null`);
    expect(summary(ofServer)).toContain('stun:127.0.0.1:9 blocked stun-silent');
    expect(user.every(({ side }) => side === 'browser')).toBe(true);
  });
});

test('checks are few, one per session, and give everything back when closed', async () => {
  const doctor = await startDoctor({});
  const page = { secure: false, host: 'desk', port: 80, losses: [] };
  const visitor = { clientAddress: ADDRESS, isAdmin: false, send: () => {} };
  for (const session of ['a', 'b', 'c', 'd']) expect(doctor.start(session, page, visitor).ok).toBe(true);
  expect(doctor.start('a', page, visitor)).toMatchObject({ ok: false, error: expect.stringContaining('a moment ago') });
  expect(doctor.start('e', page, visitor)).toMatchObject({ ok: false, error: expect.stringContaining('Others') });
  expect(doctor.answer('a', 'probe-99', 'v=0').ok).toBe(false);
  expect(doctor.candidate('nobody', 'probe-1', '').ok).toBe(false);
  doctor.close();
  expect(doctor.result('a', { probe: 'probe-1', ok: true, ice: true, gathered: true, rtt_ms: 1, errors: [] }).ok).toBe(false);
});

describe.skipIf(!HAS_COTURN)('with a real TURN server', () => {
  let coturn: Coturn;
  beforeAll(async () => {
    coturn = await startCoturn('alice', 'wonderland');
  });
  afterAll(() => coturn?.stop());

  const urls = () => [`turn:${ADDRESS}:${coturn.port}`, `turn:${ADDRESS}:${coturn.port}?transport=tcp`];
  const turns = () => `turns:${ADDRESS}:${coturn.tlsPort}`;

  test('relays work over UDP and TCP; wrong credentials and a certificate of its own are named', async () => {
    const good = { urls: urls(), username: 'alice', credential: 'wonderland' };
    const right = await check(await startDoctor({}, [good]), 'one');
    expect(summary(right.filter(({ kind }) => kind === 'turn'))).toEqual(urls().map((url) => `${url} works null`));

    const ours = await check(await startDoctor({ udp: { kind: 'mux', port: 12_104 }, servers: [good] }), 'three');
    expect(summary(ours)).toContain(`Relay of the server on ${ADDRESS} works null`);

    const bad = { urls: urls(), username: 'alice', credential: 'looking-glass' };
    const signed = { urls: [turns()], username: 'alice', credential: 'wonderland' };
    const wrong = await check(await startDoctor({ udp: { kind: 'mux', port: 12_101 } }, [bad, signed]), 'two');
    expect(summary(wrong.filter(({ kind }) => kind === 'turn'))).toEqual([
      ...urls().map((url) => `${url} wrong turn-credentials`),
      `${turns()} wrong turn-certificate`,
    ]);
  });

  test("the server's own view names them too, and takes no longer than 6 s with a silent server", async () => {
    const silent = { urls: ['stun:127.0.0.1:9'] };
    const bad = { urls: [urls()[0]!], username: 'alice', credential: 'looking-glass' };
    const signed = { urls: [turns()], username: 'alice', credential: 'wonderland' };
    const doctor = await startDoctor({ udp: { kind: 'mux', port: 12_102 }, servers: [silent, bad] }, [signed]);
    const [view, same] = await Promise.all([doctor.serverView(), doctor.serverView()]);
    expect(same).toBe(view);
    expect(decode(DoctorView, view)).toEqual({ ok: true, value: view });
    expect(view.took_ms).toBeLessThan(6500);
    expect(view.listening.some(({ ports }) => ports === '12102')).toBe(true);
    expect(summary(view.findings)).toEqual(
      expect.arrayContaining([
        'stun:127.0.0.1:9 blocked stun-silent',
        `${urls()[0]} wrong turn-credentials`,
        `${turns()} wrong turn-certificate`,
        `HTTP port ${httpPort} works null`,
      ]),
    );
  });
});

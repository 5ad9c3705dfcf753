import { expect, test } from 'vitest';
import { startTable } from '../../../server/doctor/start-table.js';
import type { DoctorFinding, DoctorView } from '../../../server/protocol/doctor.js';

const NONE = { udp4: [], udp6: [], tcp4: [], tcp6: [] };

function finding(label: string, change: Partial<DoctorFinding>): DoctorFinding {
  const well = { state: 'works', rtt_ms: 3.2, cause: null, explanation: '', remedy: '', snippet: '' } as const;
  return { id: label, side: 'server', kind: 'stun', label, ...well, ...change };
}

const VIEW: DoctorView = {
  took_ms: 12,
  listening: [
    { transport: 'udp', address: '192.168.1.5', ports: '52100' },
    { transport: 'udp', address: '::1', ports: '52100' },
    { transport: 'tcp', address: '::', ports: '52100' },
  ],
  advertised: { ...NONE, udp4: [{ type: 'host', address: '203.0.113.9', port: 52100 }] },
  external: [{ address: '203.0.113.9', source: 'NEKO_WEBRTC_NAT1TO1' }],
  findings: [
    finding('UDP 203.0.113.9:52100', { kind: 'udp', state: 'untested', rtt_ms: null, explanation: 'from here.' }),
    finding('stun:a', {}),
    finding('turn:b', { kind: 'turn', state: 'blocked', rtt_ms: null, explanation: 'turn:b does not answer.' }),
  ],
};

test('ports, what viewers are told and why, and which servers answer', () => {
  expect(startTable(VIEW).split('\n')).toEqual([
    'network, as the server sees it:',
    '  listens on  UDP 52100  (192.168.1.5, ::1)',
    '  listens on  TCP 52100  (::)',
    '  viewers get UDP host  203.0.113.9',
    '  because     NEKO_WEBRTC_NAT1TO1 says 203.0.113.9',
    '  ok          stun:a answers in 4 ms',
    '  NO          turn:b does not answer.',
  ]);
});

test('a server that has no address to tell says so', () => {
  const table = startTable({ ...VIEW, listening: [], advertised: NONE, external: [], findings: [] });
  expect(table).toContain('viewers get nothing: no socket could be opened');
  expect(table).toContain('because     no external address is set');
});

import { expect, test } from 'vitest';
import { findPlanned, planCandidates, planServers } from '../../../server/doctor/probe-plan.js';
import { type Candidate, parseCandidate } from '../../../server/ice/candidates/candidate.js';

function candidate(text: string): Candidate {
  const parsed = parseCandidate(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

const first = candidate('candidate:1 1 udp 100 203.0.113.9 59001 typ host');
const second = candidate('candidate:1 1 udp 99 203.0.113.9 59002 typ host');
const mapped = candidate('candidate:2 1 udp 98 198.51.100.1 4444 typ srflx raddr 192.168.1.5 rport 59001');

test('each candidate is a plan of its own, and each URL is one', () => {
  expect(planCandidates([first, second, mapped]).map((plan) => plan.path)).toEqual([
    { kind: 'host', transport: 'udp', address: '203.0.113.9', port: 59001 },
    { kind: 'host', transport: 'udp', address: '203.0.113.9', port: 59002 },
    { kind: 'srflx', address: '198.51.100.1', port: 4444 },
  ]);
  const servers = [
    { urls: ['stun:a', 'turn:b?transport=tcp', 'turns:b'], username: 'u', credential: 'c' },
    { urls: ['stun:a', 'no url'] },
  ];
  expect(planServers(servers)).toEqual([
    { kind: 'gather', path: { kind: 'stun', url: 'stun:a' }, server: { urls: ['stun:a'], username: 'u', credential: 'c' } },
    {
      kind: 'relay',
      path: { kind: 'turn', url: 'turn:b?transport=tcp' },
      server: { urls: ['turn:b?transport=tcp'], username: 'u', credential: 'c' },
    },
    { kind: 'relay', path: { kind: 'turn', url: 'turns:b' }, server: { urls: ['turns:b'], username: 'u', credential: 'c' } },
  ]);
});

test('another peer stands for a candidate by its port, else by its place among those alike', () => {
  const [plan, other] = planCandidates([first, second]);
  if (plan?.kind !== 'candidate' || other?.kind !== 'candidate') throw new Error('no plans');
  const moved = [{ ...first, port: 59011 }, mapped, { ...second, port: 59012 }];
  expect(findPlanned([first, second], other.wanted, other.nth)?.port).toBe(59002);
  expect(findPlanned(moved, plan.wanted, plan.nth)?.port).toBe(59011);
  expect(findPlanned(moved, other.wanted, other.nth)?.port).toBe(59012);
  expect(findPlanned([mapped], plan.wanted, plan.nth)).toBeUndefined();
});

import type { LimitTable } from '../lib/bounds/limits.js';

/** Bounds on what clients can make ICE hold, ask and answer. */
export const ICE_LIMITS = {
  stunMessage: { value: 2048, unit: 'bytes', what: 'STUN message', beyond: 'dropped' },
  remoteCandidates: {
    value: 60,
    unit: 'count',
    what: 'candidates of a viewer under one set of credentials',
    beyond: 'the rest is ignored',
  },
  pairs: { value: 100, unit: 'count', what: 'candidate pairs of a viewer', beyond: 'the quietest pair is forgotten' },
  mdnsNames: { value: 16, unit: 'count', what: 'mDNS names looked up for a viewer', beyond: 'the rest is ignored' },
  mdnsWaiting: {
    value: 32,
    unit: 'count',
    what: 'mDNS names waiting to be looked up, of all viewers',
    beyond: 'the name is ignored',
  },
  boundAddresses: {
    value: 128,
    unit: 'count',
    what: 'addresses that a viewer is heard from on a shared UDP port',
    beyond: 'the one that is silent longest is forgotten',
  },
  relayPermissions: {
    value: 128,
    unit: 'count',
    what: "addresses let in at a viewer's TURN relay",
    beyond: 'the oldest has to be asked for again',
  },
  tcpConnections: { value: 16, unit: 'count', what: 'ICE-TCP connections of a viewer', beyond: 'the connection is closed' },
  halfOpenPerAddress: {
    value: 16,
    unit: 'count',
    what: 'ICE-TCP connections from an address (IPv6: a /64) that have not proved themselves',
    beyond: 'the oldest is closed',
  },
  halfOpen: {
    value: 512,
    unit: 'count',
    what: 'ICE-TCP connections that have not proved themselves',
    beyond: 'the oldest is closed',
  },
  halfOpenTime: { value: 30_000, unit: 'ms', what: 'time in which an ICE-TCP connection proves itself', beyond: 'it is closed' },
  tcpQueue: { value: 1024 * 1024, unit: 'bytes', what: 'queue towards an ICE-TCP connection', beyond: 'packets are dropped' },
  plainStunPerAddress: {
    value: 5,
    unit: 'per second',
    what: 'plain STUN questions from an address (IPv6: a /64) on the media port, after the first 20',
    beyond: 'no answer',
  },
  plainStun: { value: 500, unit: 'per second', what: 'plain STUN questions on the media port', beyond: 'no answer' },
  stunServerPerAddress: {
    value: 10,
    unit: 'per second',
    what: 'questions from an address (IPv6: a /64) to the built-in STUN server, after the first 40',
    beyond: 'no answer',
  },
  stunServer: { value: 2000, unit: 'per second', what: 'questions to the built-in STUN server', beyond: 'no answer' },
} as const satisfies LimitTable;

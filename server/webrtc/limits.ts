import type { LimitTable } from '../lib/limits.js';

/** What one viewer may send as DTLS; until it has proved who it is, everybody may. */
export const DTLS_LIMITS = {
  datagram: { value: 2_048, unit: 'bytes', what: 'DTLS datagram', beyond: 'it is dropped' },
  early: { value: 8, unit: 'count', what: 'DTLS datagrams kept before the answer is there', beyond: 'they are dropped' },
  handshake: { value: 256, unit: 'count', what: 'DTLS datagrams of one handshake', beyond: 'they are dropped' },
  attempts: { value: 8, unit: 'count', what: 'handshakes of one peer that fail', beyond: 'the peer ends' },
  hello: {
    value: 400,
    unit: 'ms',
    what: 'wait of a ClientHello for the rest of its handshake',
    beyond: 'another ClientHello takes its place',
  },
} as const satisfies LimitTable;

/** What waits for one viewer on the data channel. */
export const CHANNEL_LIMITS = {
  queue: { value: 256, unit: 'count', what: 'messages that wait for a viewer', beyond: 'further ones are dropped' },
  queueBytes: { value: 1024 * 1024, unit: 'bytes', what: 'messages that wait for a viewer', beyond: 'further ones are dropped' },
} as const satisfies LimitTable;

import type { LimitTable } from '../lib/bounds/limits.js';

/** What one viewer may send as DTLS; until it has proved who it is, everybody may. */
export const DTLS_LIMITS = {
  datagram: { value: 2_048, unit: 'bytes', what: 'DTLS datagram', beyond: 'it is dropped' },
  message: { value: 16 * 1024, unit: 'bytes', what: 'handshake message of DTLS', beyond: 'it is dropped' },
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

/** What a session description of a viewer may hold, inside the length that its field may have. */
export const SDP_LIMITS = {
  lines: { value: 2_000, unit: 'count', what: 'lines of a session description', beyond: 'refused' },
  sections: { value: 32, unit: 'count', what: 'media sections of a session description', beyond: 'refused' },
  candidates: { value: 100, unit: 'count', what: 'candidates in a session description', beyond: 'the rest is ignored' },
  fingerprints: {
    value: 16,
    unit: 'count',
    what: 'certificate fingerprints in a session description',
    beyond: 'the rest is ignored',
  },
  ssrcs: { value: 16, unit: 'count', what: 'SSRCs that a media section names', beyond: 'the rest is ignored' },
  received: {
    value: 4,
    unit: 'count',
    what: 'media sections that a viewer sends on',
    beyond: 'further ones are answered without taking anything',
  },
  credential: { value: 256, unit: 'characters', what: 'ICE user name fragment and password, each', beyond: 'refused' },
} as const satisfies LimitTable;

/** How long a peer may be on its way. */
export const PEER_LIMITS = {
  setupTime: { value: 30_000, unit: 'ms', what: 'time in which a peer gets connected', beyond: 'it is closed' },
} as const satisfies LimitTable;

/** What one viewer may send as SCTP, inside DTLS. */
export const SCTP_LIMITS = {
  packet: { value: 2_048, unit: 'bytes', what: 'SCTP packet', beyond: 'it is dropped' },
  chunks: { value: 64, unit: 'count', what: 'chunks of an SCTP packet', beyond: 'the packet is dropped' },
  message: { value: 64 * 1024, unit: 'bytes', what: 'message on a data channel', beyond: 'the viewer’s connection ends' },
  fragments: { value: 256, unit: 'count', what: 'fragments of a message', beyond: 'the viewer’s connection ends' },
  streams: { value: 256, unit: 'count', what: 'streams that a viewer sends on', beyond: 'the viewer’s connection ends' },
  window: { value: 256, unit: 'count', what: 'chunks that wait for an earlier one', beyond: 'the packet is dropped' },
  buffered: { value: 256 * 1024, unit: 'bytes', what: 'bytes that wait for an earlier chunk', beyond: 'the packet is dropped' },
  gaps: { value: 300, unit: 'count', what: 'ranges of an acknowledgement', beyond: 'the packet is dropped' },
  work: {
    value: 4_500,
    unit: 'per second',
    what: 'units of work, of about 20 µs, that SCTP packets ask for',
    beyond: 'packets are dropped',
  },
  burst: { value: 2_000, unit: 'count', what: 'units of work that may come at once', beyond: 'packets are dropped' },
} as const satisfies LimitTable;

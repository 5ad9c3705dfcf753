import type { LimitTable } from '../lib/bounds/limits.js';

/** What a viewer may say about its media. */
export const MEDIA_LIMITS = {
  rtcpDatagram: { value: 2_048, unit: 'bytes', what: 'RTCP datagram', beyond: 'dropped' },
  rtcpRate: {
    value: 500,
    unit: 'per second',
    what: 'RTCP datagrams of a viewer, after the first 500',
    beyond: 'dropped before they are decrypted',
  },
  rtpDatagram: { value: 2_048, unit: 'bytes', what: 'RTP datagram', beyond: 'dropped' },
  rtpRate: {
    value: 1_500,
    unit: 'per second',
    what: 'RTP datagrams of a viewer, after the first 1,500',
    beyond: 'dropped before they are decrypted',
  },
  received: {
    value: 16,
    unit: 'count',
    what: 'SSRCs that a viewer’s sound and pictures come under',
    beyond: 'packets of further ones are dropped',
  },
  sources: { value: 64, unit: 'count', what: 'SSRCs that a viewer sends under', beyond: 'packets of further ones are dropped' },
  resendsQueued: {
    value: 2_048,
    unit: 'count',
    what: 'packets of a track waiting to be sent again',
    beyond: 'further requests are ignored',
  },
  resends: { value: 3, unit: 'count', what: 'times that one packet is sent again', beyond: 'the request is ignored' },
} as const satisfies LimitTable;

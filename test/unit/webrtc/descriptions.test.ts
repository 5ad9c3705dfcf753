import { expect, test } from 'vitest';
import { answerSections } from '../../../server/webrtc/negotiation/answer-sections.js';
import { offerSections } from '../../../server/webrtc/negotiation/offer-sections.js';
import { readDescription } from '../../../server/webrtc/negotiation/read-description.js';
import { type TransportDescription, writeDescription } from '../../../server/webrtc/negotiation/write-description.js';
import { endsOf } from './negotiation-ends.js';

const ENDS = endsOf();
const TRANSPORT: TransportDescription = {
  ufrag: 'uuuu',
  pwd: 'pppppppppppppppppppppp',
  lite: false,
  trickle: true,
  fingerprint: 'AA:BB',
  setup: 'actpass',
  candidates: ['candidate:1 1 udp 2130706431 192.0.2.1 5000 typ host ufrag uuuu'],
  candidatesComplete: false,
};
const SESSION = { id: '7', version: 1 };

function sections(sdp: string): string[][] {
  return sdp.split(/\r\n(?=m=)/).map((section) => section.split('\r\n').filter(Boolean));
}

test('the first offer has the shape clients rely on', () => {
  const [session, audio, video, data, ...more] = sections(writeDescription(SESSION, TRANSPORT, offerSections(ENDS, [])));
  expect(more).toEqual([]);
  expect(session).toEqual(
    expect.arrayContaining([
      'a=group:BUNDLE 0 1 2',
      'a=msid-semantic:WMS *',
      'a=extmap-allow-mixed',
      'a=fingerprint:sha-256 AA:BB',
    ]),
  );
  expect(audio).toEqual(
    expect.arrayContaining([
      'm=audio 9 UDP/TLS/RTP/SAVPF 111',
      'a=rtpmap:111 opus/48000/2',
      'a=fmtp:111 useinbandfec=1;stereo=1',
      'a=sendrecv',
      'a=setup:actpass',
    ]),
  );
  expect(video).toEqual(
    expect.arrayContaining([
      'm=video 9 UDP/TLS/RTP/SAVPF 96',
      'a=rtpmap:96 VP8/90000',
      'a=ssrc:22 msid:stream video',
      'a=rtcp-fb:96 nack pli',
    ]),
  );
  expect(video!.some((line) => line.endsWith('/playout-delay'))).toBe(true);
  expect(data).toEqual(
    expect.arrayContaining(['m=application 9 UDP/DTLS/SCTP webrtc-datachannel', 'a=sctp-port:5000', 'a=mid:2']),
  );
  expect([audio, video, data].map((section) => section!.filter((line) => line.startsWith('a=candidate')).length)).toEqual([
    1, 0, 0,
  ]);
});

test('without trickle each candidate stands twice, then the end marker', () => {
  const sdp = writeDescription(SESSION, { ...TRANSPORT, trickle: false, candidatesComplete: true }, offerSections(ENDS, []));
  expect(sections(sdp)[1]!.filter((line) => /candidate/.test(line))).toEqual([
    'a=candidate:1 1 udp 2130706431 192.0.2.1 5000 typ host ufrag uuuu',
    'a=candidate:1 2 udp 2130706431 192.0.2.1 5000 typ host ufrag uuuu',
    'a=end-of-candidates',
  ]);
});

test('ICE-lite is said at session level, where browsers look for it (RFC 8839 section 5.3)', () => {
  const [session, ...media] = sections(writeDescription(SESSION, { ...TRANSPORT, lite: true }, offerSections(ENDS, [])));
  expect(session).toContain('a=ice-lite');
  expect(media.flat()).not.toContain('a=ice-lite');
});

test('what we write can be read again', () => {
  const read = readDescription(writeDescription(SESSION, TRANSPORT, offerSections(ENDS, [])));
  expect(read.ok && read.value).toMatchObject({
    ufrag: 'uuuu',
    lite: false,
    setup: 'actpass',
    sctpPort: 5000,
    fingerprints: [{ algorithm: 'sha-256', value: 'AA:BB' }],
    candidates: TRANSPORT.candidates,
  });
});

test('a viewer’s offer is answered section by section: its payload types and formats, ours to send, the rest rejected', () => {
  const offer = [
    'v=0',
    'o=- 1 2 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'a=fingerprint:sha-256 CC:DD',
    'm=audio 9 UDP/TLS/RTP/SAVPF 63 109',
    'a=mid:0',
    'a=ice-ufrag:rrrr',
    'a=ice-pwd:ssssssssssssssssssssss',
    'a=setup:actpass',
    'a=rtpmap:63 red/48000/2',
    'a=rtpmap:109 opus/48000/2',
    'a=fmtp:109 minptime=10;useinbandfec=1',
    'a=sendrecv',
    'm=video 9 UDP/TLS/RTP/SAVPF 97',
    'a=mid:1',
    'a=rtpmap:97 H264/90000',
    'a=recvonly',
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    'a=mid:2',
    'm=audio 9 UDP/TLS/RTP/SAVPF 109',
    'a=mid:3',
    'a=rtpmap:109 opus/48000/2',
    '',
  ].join('\r\n');
  const read = readDescription(offer);
  if (!read.ok) throw new Error(read.error);
  const answer = sections(writeDescription(SESSION, { ...TRANSPORT, setup: 'passive' }, answerSections(ENDS, [], read.value)));
  expect(answer[0]).toContain('a=group:BUNDLE 0 2');
  expect(answer[1]).toEqual(expect.arrayContaining(['a=fmtp:109 minptime=10;useinbandfec=1', 'a=sendonly', 'a=setup:passive']));
  expect(answer[2]![0]).toBe('m=video 0 UDP/TLS/RTP/SAVPF 97');
  expect(answer[4]![0]).toBe('m=audio 0 UDP/TLS/RTP/SAVPF 109');
});

test.each([
  ['', 'no media section'],
  ['garbage', 'no media section'],
  ['v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\n', 'a=ice-ufrag'],
  ['v=0\r\na=ice-ufrag:a\r\na=ice-pwd:b\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\n', 'a=fingerprint'],
  ['x'.repeat(100_001), 'at most'],
])('an unusable description is named, not thrown (%#)', (sdp, reason) => {
  const read = readDescription(sdp);
  expect(read.ok).toBe(false);
  expect(!read.ok && read.error).toContain(reason);
});

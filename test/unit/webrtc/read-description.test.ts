import { expect, test } from 'vitest';
import { FIELD_LIMITS } from '../../../server/protocol/limits.js';
import { SDP_LIMITS } from '../../../server/webrtc/limits.js';
import { answerSections } from '../../../server/webrtc/negotiation/answer-sections.js';
import { readDescription } from '../../../server/webrtc/negotiation/read-description.js';
import { endsOf } from './negotiation-ends.js';

const SECRETS = ['a=ice-ufrag:uuuu', 'a=ice-pwd:pppppppppppppppppppppp', 'a=fingerprint:sha-256 AA:BB'];
const HEAD = ['v=0', 'o=- 1 1 IN IP4 0.0.0.0', 's=-', 't=0 0'];

const sdp = (...lines: readonly string[]) => `${[...HEAD, ...SECRETS, ...lines].join('\r\n')}\r\n`;
const errorOf = (text: string) => {
  const read = readDescription(text);
  return read.ok ? undefined : read.error;
};

test.each([
  [
    'characters',
    (n: number) => sdp('m=audio 9 X 0', `a=x:${'y'.repeat(n - sdp('m=audio 9 X 0', 'a=x:').length)}`),
    FIELD_LIMITS.sdp.value,
  ],
  [
    'lines',
    (n: number) => sdp('m=audio 9 X 0', ...Array<string>(n - HEAD.length - SECRETS.length - 1).fill('a=x')),
    SDP_LIMITS.lines.value,
  ],
  ['media sections', (n: number) => sdp(...Array<string>(n).fill('m=audio 9 X 0')), SDP_LIMITS.sections.value],
  ['characters of a fragment', (n: number) => sdp('m=audio 9 X 0', `a=ice-ufrag:${'u'.repeat(n)}`), SDP_LIMITS.credential.value],
  ['characters of a password', (n: number) => sdp('m=audio 9 X 0', `a=ice-pwd:${'p'.repeat(n)}`), SDP_LIMITS.credential.value],
])('a description of the greatest number of %s is read, and with one more refused', (_name, of, most) => {
  expect(errorOf(of(most))).toBeUndefined();
  expect(errorOf(of(most + 1))).toMatch(/^SDP/);
});

test('candidates are read up to their greatest number', () => {
  const lines = Array.from(
    { length: SDP_LIMITS.candidates.value + 1 },
    (_, i) => `a=candidate:${i} 1 udp 1 192.0.2.1 9 typ host`,
  );
  const read = readDescription(sdp('m=audio 9 X 0', ...lines));
  expect(read.ok && read.value.candidates).toEqual(lines.slice(0, -1).map((line) => line.slice(2)));
});

test.each([
  ['a fragment with a colon', 'a=ice-ufrag:a:b'],
  ['a fragment beyond ASCII', 'a=ice-ufrag:\u00fcber'],
])('refused: %s', (_name, line) => {
  expect(errorOf(sdp('m=audio 9 X 0', line))).toMatch(/^SDP has an a=/);
});

test('fingerprints are read up to their greatest number', () => {
  const lines = Array.from({ length: SDP_LIMITS.fingerprints.value + 1 }, (_, i) => `a=fingerprint:sha-256 AA:${10 + i}`);
  const read = readDescription(sdp('m=audio 9 X 0', ...lines));
  expect(read.ok && read.value.fingerprints).toHaveLength(SDP_LIMITS.fingerprints.value);
});

test('SSRCs of a section are read once each, up to their greatest number', () => {
  const most = SDP_LIMITS.ssrcs.value;
  const lines = Array.from({ length: most + 1 }, (_, i) => [`a=ssrc:${i} cname:x`, `a=ssrc:${i} msid:y z`]).flat();
  const read = readDescription(sdp('m=audio 9 X 0', ...lines, 'a=ssrc:4294967296 cname:x'));
  expect(read.ok && read.value.sections[0]?.ssrcs).toEqual(Array.from({ length: most }, (_, i) => i));
});

test.each(['0', '65536', '99999999999999999999'])('refused: SCTP port %s', (port) => {
  expect(errorOf(sdp('m=application 9 UDP/DTLS/SCTP webrtc-datachannel', `a=sctp-port:${port}`))).toContain('a=sctp-port');
});

test('what looks like a number is a text all the same', () => {
  const read = readDescription(
    sdp(
      'm=123 9 456 96 200 97',
      'a=mid:7',
      'a=setup:8',
      'a=rtpmap:96 263/90000',
      'a=fmtp:96 5',
      'a=rtpmap:200 X/1',
      'a=ice-ufrag:0',
      'a=ice-pwd:1',
    ),
  );
  if (!read.ok) throw new Error(read.error);
  expect(read.value).toMatchObject({
    ufrag: '0',
    pwd: '1',
    setup: '8',
    sections: [{ media: '123', protocol: '456', mid: '7', codecs: [{ payloadType: 96, encodingName: '263', fmtp: '5' }] }],
  });
});

test('a codec whose name is a number is answered like any that we do not have', () => {
  const read = readDescription(
    sdp('m=video 9 UDP/TLS/RTP/SAVPF 96', 'a=rtpmap:96 263/90000', 'a=extmap:0 urn:x', 'a=extmap:300 urn:y'),
  );
  if (!read.ok) throw new Error(read.error);
  expect(read.value.sections[0]?.extensions).toEqual([]);
  const answered = answerSections(endsOf(), [], read.value);
  expect(answered).toEqual([expect.objectContaining({ kind: 'rejected' })]);
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { HeaderTemplate } from '../../../server/media/rtp/header-template.js';
import { SDP_LIMITS } from '../../../server/webrtc/limits.js';
import { answerSections } from '../../../server/webrtc/negotiation/answer-sections.js';
import {
  acceptAnswer,
  acceptOffer,
  beginNegotiation,
  createAnswer,
  createOffer,
  type Negotiation,
} from '../../../server/webrtc/negotiation/negotiation.js';
import { offerSections } from '../../../server/webrtc/negotiation/offer-sections.js';
import { type RemoteDescription, readDescription } from '../../../server/webrtc/negotiation/read-description.js';
import { isMedia, type LocalSection } from '../../../server/webrtc/negotiation/sections.js';
import { writeDescription } from '../../../server/webrtc/negotiation/write-description.js';
import { endsOf } from '../../unit/webrtc/negotiation-ends.js';
import { expectLinear } from '../cost.js';
import { mutatedText, record } from '../mutated.js';
import { holds, type Target } from '../target.js';

const ENDS = endsOf();
const RICH_ENDS = endsOf({ audio: ['opus', 'pcmu', 'g722'], video: ['vp9', 'vp8', 'h264', 'av1'], rtx: true, receives: true });
const iceCharacter = fc.constantFrom(...'abcdefXYZ0189+/');

const transport = record({
  ufrag: fc.string({ unit: iceCharacter, minLength: 4, maxLength: 40 }),
  pwd: fc.string({ unit: iceCharacter, minLength: 22, maxLength: 60 }),
  lite: fc.boolean(),
  trickle: fc.boolean(),
  fingerprint: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Array.from(bytes, hexPair).join(':')),
  setup: fc.constantFrom('actpass' as const, 'passive' as const),
  candidates: fc.array(
    fc.ipV4().map((address) => `candidate:1 1 udp 5 ${address} 9 typ host ufrag x`),
    { maxLength: 6 },
  ),
  candidatesComplete: fc.constant(false),
});

function hexPair(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, '0');
}

/** A browser's description in its main lines. */
const honest = transport.map((ours) => writeDescription({ id: '1', version: 1 }, ours, offerSections(ENDS, [])));

const number = fc.oneof(fc.nat({ max: 300 }), fc.constantFrom(-1, 65_536, 2 ** 31, 1e21, Number.NaN, Infinity)).map(String);
const token = fc.oneof(number, fc.string({ maxLength: 12 }), fc.constantFrom('__proto__', 'constructor', 'opus', 'VP8', '*', ''));
const attribute = fc
  .tuple(
    fc.constantFrom(
      'rtpmap:',
      'fmtp:',
      'extmap:',
      'mid:',
      'setup:',
      'ice-ufrag:',
      'ice-pwd:',
      'fingerprint:',
      'sctp-port:',
      'sctpmap:',
      'ssrc:',
      'group:',
      'msid:',
      'rtcp-fb:',
      'candidate:',
      'ice-options:',
      'rid:',
      'simulcast:',
      'imageattr:',
      'crypto:',
      'inactive',
      'ice-lite',
      'source-filter:',
      'ptime:',
      'remote-candidates:',
      'ssrc-group:',
      'end-of-candidates',
      'framerate:',
      'mediaclk:',
      'ts-refclk:',
      '',
    ),
    fc.array(token, { maxLength: 6 }),
    fc.constantFrom(' ', '/', ':', ';', '  '),
  )
  .map(([name, words, separator]) => `a=${name}${words.join(separator)}`);
const mediaLine = fc
  .tuple(
    fc.constantFrom('audio', 'video', 'application', '123', ''),
    number,
    fc.constantFrom('UDP/TLS/RTP/SAVPF', '7', ''),
    fc.array(number),
  )
  .map(([media, port, protocol, payloads]) => `m=${media} ${port} ${protocol} ${payloads.join(' ')}`);
const line = fc.oneof(
  { weight: 6, arbitrary: attribute },
  { weight: 2, arbitrary: mediaLine },
  { weight: 1, arbitrary: fc.string() },
);
const secrets = 'a=ice-ufrag:uuuu\r\na=ice-pwd:pppppppppppppppppppppp\r\na=fingerprint:sha-256 AA:BB\r\n';
const made = fc.array(line, { maxLength: 40 }).map((lines) => `v=0\r\n${secrets}${lines.join('\r\n')}\r\n`);
const anySdp = fc.oneof(made, mutatedText(honest, fc.oneof(line, token, fc.constantFrom('\r\n', '\n', '\r', ' '))), fc.string());

const richOffer = transport.map((ours) => writeDescription({ id: '2', version: 1 }, ours, offerSections(RICH_ENDS, [])));
const step = fc.oneof(
  record({
    kind: fc.constantFrom('offer' as const, 'answer' as const),
    text: fc.oneof(anySdp, honest, richOffer, mutatedText(richOffer, fc.oneof(line, token))),
  }),
  fc.constant({ kind: 'ours' as const }),
);

function expectBounded(remote: RemoteDescription): void {
  assert(remote.sections.length <= SDP_LIMITS.sections.value && remote.candidates.length <= SDP_LIMITS.candidates.value);
  assert(remote.ufrag.length <= SDP_LIMITS.credential.value && remote.pwd.length <= SDP_LIMITS.credential.value);
  assert(!remote.ufrag.includes(':') && Number.isInteger(remote.sctpPort) && remote.sctpPort > 0 && remote.sctpPort < 65_536);
  const texts = [
    remote.setup,
    ...remote.candidates,
    ...remote.fingerprints.flatMap(({ algorithm, value }) => [algorithm, value]),
  ];
  for (const section of remote.sections) {
    const { media, mid, protocol, payloads, codecs, extensions } = section;
    texts.push(media, mid, protocol, payloads, ...extensions.map(({ uri }) => uri));
    for (const { payloadType, encodingName, fmtp } of codecs) {
      assert(Number.isInteger(payloadType) && payloadType >= 0 && payloadType < 128);
      texts.push(encodingName, fmtp ?? '');
    }
    for (const { id } of extensions) {
      assert(Number.isInteger(id) && id > 0 && id < 256);
      const template = new HeaderTemplate(1, 96, { transportCc: id, playoutDelay: id, mid: { id, value: mid } });
      assert(template.length <= 64 && template.length % 4 === 0);
    }
  }
  for (const each of texts) assert(typeof each === 'string' && !/[\r\n]/.test(each));
}

const OURS = {
  ufrag: 'uuuu',
  pwd: 'p'.repeat(22),
  lite: false,
  trickle: true,
  fingerprint: 'AA',
  candidates: [],
  candidatesComplete: false,
} as const;

/** A description of ours names every number once in a section, and stands for one thing in all of them. */
function expectSound(sections: readonly LocalSection[]): void {
  const meanings = new Map<number, string>();
  for (const { codecs } of sections.filter(isMedia)) {
    const numbers = codecs.flatMap(({ payloadType, rtxPayloadType }) => [payloadType, rtxPayloadType ?? []].flat());
    assert.equal(new Set(numbers).size, numbers.length);
    for (const { codec, payloadType } of codecs) {
      assert.equal(meanings.get(payloadType) ?? codec.name, codec.name);
      meanings.set(payloadType, codec.name);
    }
  }
  assert(sections.filter((section) => isMedia(section) && section.track !== undefined).length <= 2);
  const text = writeDescription({ id: '1', version: 1 }, { ...OURS, setup: 'passive' }, sections);
  assert.equal(text.split('\r\n').filter((each) => each.startsWith('m=')).length, sections.length);
}

type Step = { readonly kind: 'offer' | 'answer'; readonly text: string } | { readonly kind: 'ours' };

function afterStep(before: Negotiation, step: Step): Negotiation {
  if (step.kind === 'ours') {
    const offer = createOffer(before);
    assert(offer.ok && offer.value.sections.length >= before.agreed.length);
    expectSound(offer.value.sections);
    return offer.value.negotiation;
  }
  const read = readDescription(step.text);
  if (!read.ok) return before;
  const accepted = step.kind === 'answer' ? acceptAnswer(before, read.value) : acceptOffer(before, read.value);
  if (!accepted.ok) return before;
  if (step.kind === 'answer') return accepted.value;
  const answer = createAnswer(accepted.value);
  assert(answer.ok && answer.value.sections.length === read.value.sections.length);
  const { sections } = answer.value;
  const taken = sections.filter((section) => isMedia(section) && /^(sendrecv|recvonly)$/.test(section.direction));
  assert(taken.length <= SDP_LIMITS.received.value);
  writeDescription({ id: '1', version: 1 }, { ...OURS, setup: 'passive' }, sections);
  return answer.value.negotiation;
}

const HOSTILE_LINES = [
  'a=x\r\n',
  'a=ssrc:1 cname:x\r\n',
  'a=candidate:1 1 udp 1 1.1.1.1 1 typ host\r\n',
  'a=fingerprint:sha-256 AA\r\n',
  'a=imageattr:* send [x=1] recv [y=2]\r\n',
  '\r\n',
  '\r',
];

export const sdp: Target = {
  name: 'sdp',
  properties: [
    holds('our own description is read back the same', [transport], (ours) => {
      const read = readDescription(writeDescription({ id: '1', version: 1 }, ours, offerSections(ENDS, [])));
      assert(read.ok);
      const { ufrag, pwd, lite, setup, candidates, fingerprints } = read.value;
      assert.deepEqual(
        { ufrag, pwd, lite, setup, candidates: [...candidates] },
        {
          ufrag: ours.ufrag,
          pwd: ours.pwd,
          lite: ours.lite,
          setup: ours.setup,
          candidates: [...ours.candidates],
        },
      );
      assert.deepEqual(fingerprints, [{ algorithm: 'sha-256', value: ours.fingerprint }]);
    }),
    holds('any text is a description within its bounds, or an error', [anySdp], (text) => {
      const read = readDescription(text);
      if (read.ok) expectBounded(read.value);
      else assert(read.error.length < 300);
    }),
    holds('whatever is offered is answered section by section, line by line', [made], (text) => {
      const read = readDescription(text);
      if (!read.ok) return;
      const sections = answerSections(ENDS, [], read.value);
      assert.equal(sections.length, read.value.sections.length);
      assert(sections.filter(({ kind }) => kind === 'video').length <= 1);
      const answer = writeDescription({ id: '1', version: 1 }, { ...OURS, setup: 'passive' }, sections);
      assert.equal(answer.split('\r\n').filter((each) => each.startsWith('m=')).length, sections.length);
      assert(answer.length < 4_000 + 3 * text.length + 800 * sections.length);
    }),
    holds(
      'offers and answers of any kind, in any order, never make sections fewer nor a number stand for two things',
      [fc.constantFrom(ENDS, RICH_ENDS), fc.array(step, { maxLength: 6 })],
      (ends, steps) => {
        let negotiation = beginNegotiation(ends);
        for (const each of steps) {
          const next = afterStep(negotiation, each);
          assert(next.agreed.length >= negotiation.agreed.length);
          negotiation = next;
        }
      },
    ),
    holds('reading costs in proportion to the text', [fc.constantFrom(...HOSTILE_LINES)], (hostile) => {
      const of = (size: number) => `v=0\r\nm=audio 9 X 0\r\n${secrets}${hostile.repeat(size)}`;
      expectLinear(of, (text) => void readDescription(text), 200);
    }),
    holds('one long line costs in proportion to its length', [attribute, token], (start, piece) => {
      const of = (size: number) => `v=0\r\nm=audio 9 X 0\r\n${secrets}${start}${`${piece}; `.repeat(size)}`;
      expectLinear(of, (text) => void readDescription(text), 400);
    }),
  ],
};

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { extensionText } from '../../../server/media/ingress/header-extension.js';
import { Ingress } from '../../../server/media/ingress/ingress.js';
import type { ReceivedPacket } from '../../../server/media/ingress/rtp-sink.js';
import { MEDIA_LIMITS } from '../../../server/media/limits.js';
import { startsKeyframe } from '../../../server/media/rtp/keyframe.js';
import { isRtcp, rtpPadding, rtpPayloadAt } from '../../../server/media/rtp/rtp.js';
import { guessIndex } from '../../../server/media/srtp/replay-window.js';
import { type SrtpTransform, srtpTransform } from '../../../server/media/srtp/srtp.js';
import { SrtpReceiver } from '../../../server/media/srtp/srtp-receiver.js';
import type { CodecName } from '../../../server/protocol/codec.js';
import { arenaOf, bothSuites } from '../../unit/media/ciphers.js';
import { anyBytes, mutated, record } from '../mutated.js';
import { holds, type Target } from '../target.js';

const SUITES = bothSuites();
const PROFILES = ['AEAD_AES_128_GCM', 'AES_CM_128_HMAC_SHA1_80'] as const;
const KEYS = [Buffer.alloc(16, 1), Buffer.alloc(14, 2)] as const;
const CODECS: readonly CodecName[] = ['vp8', 'vp9', 'h264', 'h265', 'av1', 'opus'];

const kind = record({ suite: fc.constantFrom(...SUITES), profile: fc.constantFrom(...PROFILES) });
type Kind = { suite: (typeof SUITES)[number]; profile: (typeof PROFILES)[number] };
const transformOf = ({ suite, profile }: Kind): SrtpTransform => srtpTransform(suite, profile, ...KEYS);

const rtp = record({
  csrcs: fc.nat({ max: 15 }),
  marker: fc.nat({ max: 255 }),
  ssrc: fc.nat({ max: 0xffff_ffff }),
  payload: anyBytes(300),
}).map(({ csrcs, marker, ssrc, payload }) => {
  const header = Buffer.alloc(12 + 4 * csrcs);
  header[0] = 0x80 | csrcs;
  header[1] = marker;
  header.writeUInt32BE(ssrc, 8);
  return { header, payload, ssrc };
});
const rtcp = fc.tuple(fc.nat({ max: 0xffff_ffff }), anyBytes(300)).map(([ssrc, body]) => {
  const bytes = Buffer.alloc(8 + Math.floor(body.length / 4) * 4);
  bytes.writeUInt32BE((0x80c9_0000 | (bytes.length / 4 - 1)) >>> 0, 0);
  bytes.writeUInt32BE(ssrc, 4);
  body.copy(bytes, 8, 0, bytes.length - 8);
  return bytes;
});

function sealRtp(
  transform: SrtpTransform,
  { header, payload, ssrc }: { header: Buffer; payload: Buffer; ssrc: number },
  index: number,
): Buffer {
  const bytes = Buffer.concat([header, payload]);
  bytes.writeUInt16BE(index & 0xffff, 2);
  const arena = arenaOf(bytes);
  const length = transform.sealRtp(arena, 0, header.length, arenaOf(payload), 0, payload.length, ssrc, index);
  return Buffer.from(arena.bytes.subarray(0, length));
}

function sealRtcp(transform: SrtpTransform, plain: Buffer, index: number): Buffer {
  const arena = arenaOf(plain);
  return Buffer.from(arena.bytes.subarray(0, transform.sealRtcp(arena, 0, plain.length, index)));
}

const open = (receiver: SrtpReceiver, which: 'openRtp' | 'openRtcp', bytes: Buffer) => {
  const arena = arenaOf(bytes);
  const length = receiver[which](arena, 0, bytes.length);
  return length < 0 ? undefined : Buffer.from(arena.bytes.subarray(0, length));
};

export const srtp: Target = {
  name: 'srtp',
  properties: [
    holds(
      'what is sealed is opened the same, and only once',
      [kind, rtp, rtcp, fc.nat({ max: 0x7fff_ffff })],
      (which, packet, plain, index) => {
        const receiver = new SrtpReceiver(transformOf(which));
        const first = sealRtp(transformOf(which), packet, index & 0x7fff);
        const opened = open(receiver, 'openRtp', first);
        assert.deepEqual(opened?.subarray(packet.header.length), packet.payload);
        assert.equal(open(receiver, 'openRtp', first), undefined);
        const report = sealRtcp(transformOf(which), plain, index);
        assert.deepEqual(open(receiver, 'openRtcp', report), plain);
        assert.equal(open(receiver, 'openRtcp', report), undefined);
      },
    ),
    holds(
      'what was changed on the way is not opened, and does no harm to what comes after',
      [kind, rtp, fc.nat(), fc.integer({ min: 1, max: 255 })],
      (which, packet, at, flip) => {
        const receiver = new SrtpReceiver(transformOf(which));
        const sealed = sealRtp(transformOf(which), packet, 7);
        const changed = Buffer.from(sealed);
        changed[at % changed.length]! ^= flip;
        assert.equal(open(receiver, 'openRtp', changed), undefined);
        assert.deepEqual(open(receiver, 'openRtp', sealed)?.subarray(packet.header.length), packet.payload);
      },
    ),
    holds(
      'any bytes are refused',
      [kind, fc.oneof(anyBytes(200), mutated(rtcp)), fc.constantFrom('openRtp' as const, 'openRtcp' as const)],
      (which, bytes, how) => {
        assert.equal(open(new SrtpReceiver(transformOf(which)), how, bytes), undefined);
      },
    ),
    holds(
      'strangers take no place of the sources that have proved themselves',
      [kind, fc.array(rtcp, { maxLength: 100 })],
      (which, forged) => {
        const receiver = new SrtpReceiver(transformOf(which));
        for (const bytes of forged) open(receiver, 'openRtcp', Buffer.concat([bytes, Buffer.alloc(20, 0x80)]));
        const sealer = transformOf(which);
        const from = (ssrc: number) => {
          const plain = Buffer.alloc(8);
          plain.writeUInt32BE(0x80c9_0001, 0);
          plain.writeUInt32BE(ssrc, 4);
          return open(receiver, 'openRtcp', sealRtcp(sealer, plain, 1)) !== undefined;
        };
        const most = MEDIA_LIMITS.sources.value;
        assert.deepEqual(
          Array.from({ length: most + 1 }, (_, ssrc) => from(ssrc)),
          [...Array<boolean>(most).fill(true), false],
        );
      },
    ),
    holds('the header of any bytes ends within them', [anyBytes(200)], (bytes) => {
      const payloadAt = rtpPayloadAt(bytes, 0, bytes.length);
      assert(payloadAt === -1 || (payloadAt >= 12 && payloadAt <= bytes.length));
      if (payloadAt >= 0) assert(rtpPadding(bytes, 0, payloadAt, bytes.length) <= bytes.length - payloadAt);
      assert.equal(typeof isRtcp(bytes), 'boolean');
      for (const codec of CODECS)
        assert.equal(typeof startsKeyframe(codec, bytes, Math.max(0, payloadAt), bytes.length), 'boolean');
    }),
    holds(
      'a mid is read within the header of any bytes',
      [anyBytes(120), fc.integer({ min: 1, max: 255 }), fc.constantFrom('bede', '1000', '100f', '0000'), fc.nat({ max: 12 })],
      (tail, id, profile, words) => {
        const head = Buffer.from(`90${'00'.repeat(11)}${profile}${words.toString(16).padStart(4, '0')}`, 'hex');
        const bytes = Buffer.concat([head, tail]);
        const payloadAt = rtpPayloadAt(bytes, 0, bytes.length);
        if (payloadAt < 0) return;
        const text = extensionText(bytes, 0, payloadAt, id);
        assert(text === undefined || text.length <= payloadAt - 16);
      },
    ),
    holds(
      'whatever an authentic viewer sends goes to a sink or nowhere, and its sources stay bounded',
      [kind, fc.array(fc.tuple(rtp, fc.nat({ max: 200 }), fc.nat({ max: 255 })), { maxLength: 60 })],
      (which, packets) => {
        const sink = { packet: (packet: ReceivedPacket) => void ssrcs.add(packet.ssrc) };
        const ssrcs = new Set<number>();
        const ingress = new Ingress(new SrtpReceiver(transformOf(which)));
        const sections = ['a', 'b'].map((mid, i) => ({
          mid,
          payloadTypes: [{ payloadType: 96 + i, clockRateHz: 90_000 }],
          ssrcs: [],
          sink,
        }));
        ingress.expect({ midExtension: 1, sections });
        for (const [i, [packet, at, value]] of packets.entries()) {
          packet.header[1] = 96 + (i % 3);
          if (at < packet.payload.length) packet.payload[at] = value;
          ingress.receive(sealRtp(transformOf(which), packet, i), i);
        }
        assert(ssrcs.size <= MEDIA_LIMITS.received.value && ingress.blocks(1_000).length <= MEDIA_LIMITS.received.value);
      },
    ),
    holds(
      'a guessed index is near the highest and has its sequence number',
      [fc.nat({ max: 0xffff }), fc.nat({ max: 2 ** 40 })],
      (sequence, highest) => {
        const index = guessIndex(sequence, highest);
        assert.equal(index % 0x1_0000, sequence);
        assert(index >= 0 && Math.abs(index - highest) <= 0x1_0000);
      },
    ),
  ],
};

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { withoutZone } from '../../../server/ice/address.js';
import { stepAgent } from '../../../server/ice/agent/agent.js';
import { type AgentState, newAgent } from '../../../server/ice/agent/agent-state.js';
import type { Candidate } from '../../../server/ice/candidates/candidate.js';
import { crc32 } from '../../../server/ice/stun/crc32.js';
import { hmacSha1 } from '../../../server/ice/stun/hmac.js';
import { answerPlainBinding } from '../../../server/ice/stun/plain-stun.js';
import {
  decodeStun,
  encodeStun,
  integrityHolds,
  MAX_STUN_LENGTH,
  STUN_METHODS,
  type StunMethod,
} from '../../../server/ice/stun/stun.js';
import { expectLinear } from '../cost.js';
import { anyAddress, anyBytes, mutated, record } from '../mutated.js';
import { holds, type Target } from '../target.js';

const METHODS = Object.keys(STUN_METHODS) as StunMethod[];
const KEY = Buffer.from('a-password-of-24-letters');
const LOCAL = { ufrag: 'ours', pwd: KEY.toString() };

const address = record({
  address: fc.oneof(fc.ipV4(), fc.constantFrom('2001:db8::1', 'fe80::1', '::1')),
  port: fc.nat({ max: 65_535 }),
});
const text = fc.string({ maxLength: 60 });
const attributes = fc.record(
  {
    username: text,
    realm: text,
    nonce: text,
    software: text,
    mappedAddress: address,
    xorMappedAddress: address,
    xorRelayedAddress: address,
    xorPeerAddress: address,
    priority: fc.nat({ max: 0xffff_ffff }),
    iceControlled: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    iceControlling: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    errorCode: record({ code: fc.integer({ min: 300, max: 699 }), reason: text }),
    unknownAttributes: fc.array(fc.nat({ max: 0xffff }), { maxLength: 8 }),
    lifetimeSeconds: fc.nat({ max: 0xffff_ffff }),
    requestedTransport: fc.nat({ max: 255 }),
    channelNumber: fc.nat({ max: 0xffff }),
    data: anyBytes(100),
  },
  { requiredKeys: [], noNullPrototype: true },
);
const message = record({
  kind: fc.constantFrom('request' as const, 'indication' as const, 'success' as const, 'error' as const),
  method: fc.constantFrom(...METHODS),
  transactionId: fc.uint8Array({ minLength: 12, maxLength: 12 }).map((bytes) => Buffer.from(bytes)),
  attributes,
});
const sealed = message.map((content) => encodeStun(content, { key: KEY, hmac: hmacSha1 }));

/** The message with a length and a fingerprint that fit again, as whoever forges one would send it. */
function refitted(bytes: Buffer): Buffer {
  if (bytes.length < 28) return bytes;
  const body = Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % 4)));
  body.writeUInt16BE(body.length - 20, 2);
  body.writeUInt32BE(0x8028_0004, body.length - 8);
  body.writeUInt32BE((crc32(body.subarray(0, body.length - 8)) ^ 0x5354_554e) >>> 0, body.length - 4);
  return body;
}

const candidate = (text: string): Candidate => ({
  foundation: '1',
  component: 1,
  transport: 'udp',
  priority: 1,
  address: text,
  port: 9,
  type: 'host',
});

const check = (useCandidate: boolean, transactionId = Buffer.alloc(12, 1)) =>
  encodeStun(
    {
      kind: 'request',
      method: 'binding',
      transactionId,
      attributes: { username: `${LOCAL.ufrag}:theirs`, priority: 5, useCandidate, iceControlling: 9n },
    },
    { key: KEY, hmac: hmacSha1 },
  );

/** An agent whose viewer has proved itself and nominated its path. */
function connected(lite: boolean): AgentState {
  const env = { hmac: hmacSha1, transactionId: () => Buffer.alloc(12, 5), random: () => 0.5 };
  const agent = newAgent({ env, lite, controlling: false, tieBreaker: 1n, local: LOCAL });
  stepAgent(agent, { kind: 'base', base: { id: 'base', candidate: candidate('192.0.2.1') } }, 0);
  stepAgent(agent, { kind: 'remote', remote: { ufrag: 'theirs', pwd: 'their-password-is-no-secret', lite: false } }, 0);
  const request = decodeStun(check(true));
  assert(request.ok);
  stepAgent(agent, { kind: 'stun', baseId: 'base', from: { address: '192.0.2.9', port: 9 }, message: request.value }, 1);
  return agent;
}

export const stun: Target = {
  name: 'stun',
  properties: [
    holds('what is written is read back the same', [message], (content) => {
      const read = decodeStun(encodeStun(content, { key: KEY, hmac: hmacSha1 }));
      assert(read.ok);
      const { kind, method, transactionId, attributes: found } = read.value;
      assert.deepEqual({ kind, method, transactionId, attributes: found }, content);
      assert(integrityHolds(read.value, KEY, hmacSha1));
    }),
    holds(
      'any bytes are a message or an error, and no longer than a message may be',
      [fc.oneof(anyBytes(200), mutated(sealed))],
      (bytes) => {
        const read = decodeStun(bytes);
        if (!read.ok) assert(read.error.length < 100);
        else assert(bytes.length <= MAX_STUN_LENGTH && read.value.unknownRequired.length <= bytes.length / 4);
      },
    ),
    holds(
      'a message that was changed is not proven, whoever made its fingerprint fit',
      [message, mutated(sealed)],
      (content, changed) => {
        const original = encodeStun(content, { key: KEY, hmac: hmacSha1 });
        const at = original.length - 32;
        // Behind MESSAGE-INTEGRITY, and in the length before it, nothing is covered; so only what stands before counts.
        for (const bytes of [changed, refitted(changed)]) {
          const read = decodeStun(bytes);
          if (!read.ok || !integrityHolds(read.value, KEY, hmacSha1)) continue;
          const end = read.value.integrityAt!;
          const again = encodeStun(
            { kind: 'request', method: 'binding', transactionId: Buffer.alloc(12), attributes: {} },
            { key: KEY, hmac: hmacSha1 },
          );
          assert(end >= 20 && again.length > 0);
          const head = Buffer.from(bytes.subarray(0, end));
          head.writeUInt16BE(end + 24 - 20, 2);
          assert.deepEqual(Buffer.from(hmacSha1(KEY, head)), Buffer.from(bytes.subarray(end + 4, end + 24)));
        }
        const flipped = Buffer.from(original);
        flipped[8 + (changed.length % (at - 8))]! ^= 1 + ((changed[0] ?? 0) % 255);
        const read = decodeStun(refitted(flipped));
        assert(!read.ok || !integrityHolds(read.value, KEY, hmacSha1));
      },
    ),
    holds(
      'no changed check moves the path of a viewer, nor leaves a trace',
      [mutated(fc.boolean().map((named) => check(named))), anyAddress, fc.boolean()],
      (bytes, from, lite) => {
        const agent = connected(lite);
        const [selected] = [agent.selected];
        const pairs = agent.generations[0]!.pairs.size;
        for (const forged of [bytes, refitted(bytes)]) {
          const read = decodeStun(forged);
          if (!read.ok || integrityHolds(read.value, KEY, hmacSha1)) continue;
          const effects = stepAgent(
            agent,
            { kind: 'stun', baseId: 'base', from: { address: from, port: 7 }, message: read.value },
            2,
          );
          assert.deepEqual(
            effects.filter(({ kind }) => kind === 'path' || kind === 'state' || kind === 'verified'),
            [],
          );
        }
        assert.equal(agent.selected, selected);
        assert.equal(agent.generations[0]!.pairs.size, pairs);
      },
    ),
    holds(
      'a proven check from anywhere is answered with its source',
      [anyAddress, fc.integer({ min: 1, max: 65_535 })],
      (from, port) => {
        const agent = connected(true);
        const request = decodeStun(check(false, Buffer.alloc(12, 3)));
        assert(request.ok);
        const effects = stepAgent(
          agent,
          { kind: 'stun', baseId: 'base', from: { address: from, port }, message: request.value },
          5,
        );
        const sent = effects.find((effect) => effect.kind === 'send');
        assert(sent?.kind === 'send');
        const answer = decodeStun(sent.bytes);
        assert(answer.ok && answer.value.attributes.xorMappedAddress?.port === port);
        assert(!answer.value.attributes.xorMappedAddress.address.includes('%'));
      },
    ),
    holds('an answer to a stranger is hardly longer than his question', [message, anyAddress], (content, from) => {
      const bytes = encodeStun({ ...content, kind: 'request', method: 'binding' });
      const read = decodeStun(bytes);
      assert(read.ok);
      const answer = answerPlainBinding(read.value, from, 9, { take: () => true }, 0);
      if (answer)
        assert(answer.length <= bytes.length + 24, `${answer.length} bytes for ${bytes.length} to ${withoutZone(from)}`);
    }),
    holds('reading costs in proportion to the bytes', [fc.constantFrom(0x0006, 0x0020, 0x7fff, 0x0009)], (code) => {
      const of = (size: number) => {
        const bytes = Buffer.alloc(20 + size * 4);
        bytes.writeUInt16BE(0x0001, 0);
        bytes.writeUInt16BE(size * 4, 2);
        bytes.writeUInt32BE(0x2112_a442, 4);
        for (let at = 20; at < bytes.length; at += 4) bytes.writeUInt16BE(code, at);
        return bytes;
      };
      const times = (bytes: Buffer) => {
        for (let i = 0; i < 50; i++) decodeStun(bytes);
      };
      expectLinear(of, times, 60);
    }),
  ],
};

import { describe, expect, test } from 'vitest';
import { hmacSha1, longTermKey } from '../../../server/ice/stun/hmac.js';
import { decodeStun, encodeStun, integrityHolds, looksLikeStun, type ReceivedStun } from '../../../server/ice/stun/stun.js';
import { mulberry32 } from './simulated-network.js';

const hex = (text: string) => Buffer.from(text.replace(/\s+/g, ''), 'hex');
const SHORT_TERM_KEY = Buffer.from('VOkJxbRl1RmTxUk/WvJxBt');

/** RFC 5769 section 2.1. */
const REQUEST = hex(`
  00010058 2112a442 b7e7a701 bc34d686 fa87dfae 80220010 5354554e 20746573 7420636c 69656e74 00240004 6e0001ff
  80290008 932ff9b1 51263b36 00060009 6576746a 3a683676 59202020 00080014 9aeaa70c bfd8cb56 781ef2b5 b2d3f249
  c1b571a2 80280004 e57a3bcf`);
/** RFC 5769 section 2.2. */
const RESPONSE_V4 = hex(`
  0101003c 2112a442 b7e7a701 bc34d686 fa87dfae 8022000b 74657374 20766563 746f7220 00200008 0001a147 e112a643
  00080014 2b91f599 fd9e90c3 8c7489f9 2af9ba53 f06be7d7 80280004 c07d4c96`);
/** RFC 5769 section 2.3. */
const RESPONSE_V6 = hex(`
  01010048 2112a442 b7e7a701 bc34d686 fa87dfae 8022000b 74657374 20766563 746f7220 00200014 0002a147 0113a9fa
  a5d3f179 bc25f4b5 bed2b9d9 00080014 a382954e 4be67bf1 1784c97c 8292c275 bfe3ed41 80280004 c8fb0b4c`);
/** RFC 5769 section 2.4; long-term credentials. */
const LONG_TERM = hex(`
  00010060 2112a442 78ad3433 c6ad72c0 29da412e 00060012 e3839ee3 8388e383 aae38383 e382af e382b9 0000
  0015001c 662f2f34 39396b39 35346436 4f4c3334 6f4c3946 53547679 3634734100140 00b 6578616d 706c652e 6f726700
  00080014 f67024 65 6dd64a3e 02b8e071 2e85c9a2 8ca89666`);

function decoded(bytes: Buffer): ReceivedStun {
  const result = decodeStun(bytes);
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

describe('IS1 the vectors of RFC 5769 are read, and their integrity and fingerprint hold', () => {
  test('2.1 request', () => {
    const message = decoded(REQUEST);
    expect(message).toMatchObject({ kind: 'request', method: 'binding', hasFingerprint: true, unknownRequired: [] });
    expect(message.attributes).toEqual({
      software: 'STUN test client',
      priority: 0x6e0001ff,
      iceControlled: 0x932ff9b151263b36n,
      username: 'evtj:h6vY',
    });
    expect(integrityHolds(message, SHORT_TERM_KEY, hmacSha1)).toBe(true);
    expect(integrityHolds(message, Buffer.from('wrong'), hmacSha1)).toBe(false);
  });

  test.each([
    ['2.2 IPv4 response', RESPONSE_V4, '192.0.2.1'],
    ['2.3 IPv6 response', RESPONSE_V6, '2001:db8:1234:5678:11:2233:4455:6677'],
  ])('%s', (_name, bytes, address) => {
    const message = decoded(bytes);
    expect(message).toMatchObject({ kind: 'success', attributes: { xorMappedAddress: { address, port: 32853 } } });
    expect(integrityHolds(message, SHORT_TERM_KEY, hmacSha1)).toBe(true);
  });

  test('2.4 long-term credentials', () => {
    const message = decoded(LONG_TERM);
    expect(message.attributes).toEqual({
      username: 'マトリックス',
      nonce: 'f//499k954d6OL34oL9FSTvy64sA',
      realm: 'example.org',
    });
    expect(integrityHolds(message, longTermKey('マトリックス', 'example.org', 'TheMatrIX'), hmacSha1)).toBe(true);
  });
});

test('IS2 what is written is read back the same, with every attribute', () => {
  const attributes = {
    username: 'a:b',
    realm: 'r',
    nonce: 'n1',
    software: 'x',
    mappedAddress: { address: '10.0.0.1', port: 1 },
    xorMappedAddress: { address: '2001:db8::1', port: 65535 },
    xorRelayedAddress: { address: '192.0.2.7', port: 3478 },
    xorPeerAddress: { address: '198.51.100.9', port: 9 },
    priority: 0xffffffff,
    useCandidate: true,
    iceControlled: 1n,
    iceControlling: 0xffffffffffffffffn,
    errorCode: { code: 487, reason: 'Role Conflict' },
    unknownAttributes: [0x7fff, 1],
    lifetimeSeconds: 600,
    requestedTransport: 17,
    channelNumber: 0x4001,
    data: Buffer.from('hello'),
  };
  for (const kind of ['request', 'indication', 'success', 'error'] as const) {
    for (const method of ['binding', 'allocate', 'refresh', 'send', 'data', 'createPermission', 'channelBind'] as const) {
      const bytes = encodeStun(
        { kind, method, transactionId: Buffer.from('abcdefghijkl'), attributes },
        { key: Buffer.from('k'), hmac: hmacSha1 },
      );
      const message = decoded(bytes);
      expect(message).toMatchObject({ kind, method, attributes, hasFingerprint: true });
      expect(integrityHolds(message, Buffer.from('k'), hmacSha1)).toBe(true);
    }
  }
});

test('IS3 attributes that must be understood and are not are listed, others are passed over', () => {
  const message = decoded(hex('00010010 2112a442 000000000000000000000000 7ffe0001 00000000 fffe0004 00000000'));
  expect(message.unknownRequired).toEqual([0x7ffe]);
});

test('IS4 what follows MESSAGE-INTEGRITY is ignored, what follows FINGERPRINT is an error', () => {
  const plain = encodeStun(
    { kind: 'request', method: 'binding', transactionId: Buffer.alloc(12), attributes: {} },
    { key: Buffer.from('k'), hmac: hmacSha1 },
  );
  const unsealed = Buffer.concat([plain.subarray(0, plain.length - 8), hex('00250000')]);
  unsealed.writeUInt16BE(unsealed.length - 20, 2);
  expect(decoded(unsealed).attributes.useCandidate).toBeUndefined();
  const behind = Buffer.concat([plain, hex('00250000')]);
  behind.writeUInt16BE(behind.length - 20, 2);
  expect(decodeStun(behind).ok).toBe(false);
});

test('IS5 no bytes make the reader throw, and a changed message never keeps its integrity', () => {
  const seed = 0x5eed;
  const random = mulberry32(seed);
  for (let round = 0; round < 20_000; round++) {
    const source = [REQUEST, RESPONSE_V4, RESPONSE_V6, LONG_TERM][round % 4]!;
    let bytes = Buffer.from(source);
    for (let flips = 1 + Math.floor(random() * 4); flips > 0; flips--) {
      bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
    }
    if (random() < 0.3) bytes = bytes.subarray(0, Math.floor(random() * bytes.length));
    if (random() < 0.3 && bytes.length >= 20) bytes.writeUInt16BE(Math.max(0, bytes.length - 20), 2);
    const result = decodeStun(bytes);
    if (!result.ok || source === LONG_TERM) continue;
    const covered = result.value.integrityAt === undefined ? 0 : result.value.integrityAt + 24;
    // The length field is not covered: the hash puts its own there.
    const changed =
      !bytes.subarray(4, covered).equals(source.subarray(4, covered)) || bytes.readUInt16BE(0) !== source.readUInt16BE(0);
    expect(changed && integrityHolds(result.value, SHORT_TERM_KEY, hmacSha1), `seed ${seed} round ${round}`).toBe(false);
  }
  for (let length = 0; length < 200; length++) {
    const noise = Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
    expect(looksLikeStun(noise) && decodeStun(noise).ok).toBe(false);
  }
});

import { describe, expect, test } from 'vitest';
import { deriveKeys } from '../../../server/media/srtp/key-derivation.js';
import { selectCipher } from '../../../server/media/srtp/select-cipher.js';
import { srtpTransform, transformOf } from '../../../server/media/srtp/srtp.js';
import { arenaOf, bothSuites, hex } from './ciphers.js';

test('the fast ciphers pass the self-check on this machine', () => {
  expect(selectCipher().reason).toBeUndefined();
  expect(selectCipher().suite.name).toBe('libcrypto');
});

describe.each(bothSuites().map((suite) => [suite.name, suite] as const))('%s', (_name, suite) => {
  test('RFC 3711 B.3: key derivation', () => {
    const keys = deriveKeys(suite, hex('E1F97A0D3E018BE0D64FA32C06DE4139'), hex('0EC675AD498AFEEBB6960B3AABE6'), 'rtp');
    expect(keys.encryption).toEqual(hex('C61E7A93744F39EE10734AFE3FF7A087'));
    expect(keys.salt).toEqual(hex('30CBBC08863D8C85D49DB34A9AE1'));
    expect(keys.authentication).toEqual(hex('CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4'));
  });

  test('RFC 3711 B.2: counter mode keystream', () => {
    suite.iv.bytes.set(hex('F0F1F2F3F4F5F6F7F8F9FAFBFCFD0000'));
    const out = arenaOf(Buffer.alloc(48));
    suite.counter(hex('2B7E151628AED2A6ABF7158809CF4F3C')).apply(out, 0, arenaOf(Buffer.alloc(48)), 0, 48);
    expect(out.bytes.subarray(0, 48)).toEqual(
      hex('E03EAD0935C95E80E166B16DD92B4EB4 D23513162B02D0F72A43A2FE4A5F97AB 41E95B3BB0A2E8DD477901E4FCA894C0'),
    );
  });

  test('RFC 3711: a whole packet with AES_CM_128_HMAC_SHA1_80 (the reference packet of libsrtp)', () => {
    const master = [hex('e1f97a0d3e018be0d64fa32c06de4139'), hex('0ec675ad498afeebb6960b3aabe6')] as const;
    const transform = srtpTransform(suite, 'AES_CM_128_HMAC_SHA1_80', ...master);
    const plain = hex('800f1234decafbadcafebabe abababababababababababababababab');
    const sealed = hex('800f1234decafbadcafebabe 4e55dc4ce79978d88ca4d215949d2402 b78d6acc99ea179b8dbb');
    const arena = arenaOf(plain);
    expect(transform.sealRtp(arena, 0, 12, arena, 12, 16, 0xcafebabe, 0x1234)).toBe(sealed.length);
    expect(arena.bytes.subarray(0, sealed.length)).toEqual(sealed);
    expect(transform.openRtp(arena, 0, 12, sealed.length, 0xcafebabe, 0x1234)).toBe(plain.length);
    expect(arena.bytes.subarray(0, plain.length)).toEqual(plain);
  });

  describe('RFC 7714', () => {
    const session = {
      encryption: hex('000102030405060708090a0b0c0d0e0f'),
      authentication: Buffer.alloc(20),
      salt: hex('517569642070726f2071756f 0000'),
    };
    const transform = transformOf(suite, 'AEAD_AES_128_GCM', session, session);

    test('16.1: SRTP', () => {
      const plain = hex('8040f17b8041f8d35501a0b2 47616c6c696120657374206f6d6e69732064697669736120696e207061727465732074726573');
      const sealed = hex(`8040f17b8041f8d35501a0b2 f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833
        899d7f27beb16a9152cf765ee4390cce`);
      const arena = arenaOf(plain);
      expect(transform.sealRtp(arena, 0, 12, arenaOf(plain), 12, plain.length - 12, 0x5501a0b2, 0xf17b)).toBe(sealed.length);
      expect(arena.bytes.subarray(0, sealed.length)).toEqual(sealed);
      expect(transform.openRtp(arena, 0, 12, sealed.length, 0x5501a0b2, 0xf17b)).toBe(plain.length);
      expect(arena.bytes.subarray(0, plain.length)).toEqual(plain);
    });

    test('17.1: SRTCP', () => {
      const plain = hex(`81c8000d4d617273 4e5450314e545032525450200000042a0000e9304c756e61
        deadbeefdeadbeefdeadbeefdeadbeefdeadbeef`);
      const sealed = hex(`81c8000d4d617273 63e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda4ce09b4686303ded
        0bb9275b c84aa45896cf4d2fc5abf87245d9eade 800005d4`);
      const arena = arenaOf(plain);
      expect(transform.sealRtcp(arena, 0, plain.length, 0x5d4)).toBe(sealed.length);
      expect(arena.bytes.subarray(0, sealed.length)).toEqual(sealed);
      expect(transform.rtcpIndex(arena, 0, sealed.length)).toBe(0x5d4);
      expect(transform.openRtcp(arena, 0, sealed.length)).toBe(plain.length);
      expect(arena.bytes.subarray(0, plain.length)).toEqual(plain);
    });
  });

  test.each(['AEAD_AES_128_GCM', 'AES_CM_128_HMAC_SHA1_80'] as const)('%s: any changed bit is noticed', (profile) => {
    const transform = srtpTransform(suite, profile, Buffer.alloc(16, 7), Buffer.alloc(14, 9));
    const plain = hex('80600001000000010000002a 00112233445566778899');
    for (let bit = 0; bit < (plain.length + transform.rtpOverhead) * 8; bit += 5) {
      const arena = arenaOf(plain);
      const length = transform.sealRtp(arena, 0, 12, arena, 12, 10, 42, 1);
      arena.bytes[bit >> 3]! ^= 1 << (bit & 7);
      expect(transform.openRtp(arena, 0, 12, length, 42, 1)).toBe(-1);
    }
  });
});

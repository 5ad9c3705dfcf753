import { describe, expect, test } from 'vitest';
import { guessIndex, REPLAY_WINDOW, ReplayWindow } from '../../../server/media/srtp/replay-window.js';
import { srtpTransform } from '../../../server/media/srtp/srtp.js';
import { SrtpReceiver } from '../../../server/media/srtp/srtp-receiver.js';
import { arenaOf, bothSuites } from './ciphers.js';

test.each([
  ['the first packet is taken as it is', 65_535, -1, 65_535],
  ['the next one', 6, 5, 6],
  ['one that came late', 3, 5, 3],
  ['over the rollover', 2, 65_534, 65_538],
  ['back over the rollover', 65_534, 65_538, 65_534],
  ['back before the very first rollover is a wild guess, kept positive', 65_000, 3, 65_000],
  ['after many rollovers', 10, 5 * 65_536 + 65_530, 6 * 65_536 + 10],
])('RFC 3711 section 3.3.1: %s', (_rule, sequence, highest, index) => {
  expect(guessIndex(sequence, highest)).toBe(index);
});

test('RFC 3711 section 3.3.2: the window refuses what was seen and what is too old', () => {
  const window = new ReplayWindow();
  for (const index of [10, 12, 11, 12 + REPLAY_WINDOW]) {
    expect(window.accepts(index)).toBe(true);
    window.note(index);
    expect(window.accepts(index)).toBe(false);
  }
  expect([12, 13, 12 + REPLAY_WINDOW - 1].map((index) => window.accepts(index))).toEqual([false, true, true]);
});

describe.each(['AEAD_AES_128_GCM', 'AES_CM_128_HMAC_SHA1_80'] as const)('%s', (profile) => {
  const transform = () => srtpTransform(bothSuites()[0]!, profile, Buffer.alloc(16, 1), Buffer.alloc(14, 2));

  test('the rollover counter is followed over 65536 and back, and replays are refused', () => {
    const sender = transform();
    const receiver = new SrtpReceiver(transform());
    const sealed = (index: number) => {
      const packet = Buffer.alloc(40, index & 0xff);
      packet.set([0x80, 96]);
      packet.writeUInt16BE(index & 0xffff, 2);
      packet.writeUInt32BE(77, 8);
      const arena = arenaOf(packet);
      return { arena, length: sender.sealRtp(arena, 0, 12, arena, 12, 28, 77, index) };
    };
    for (const index of [65_530, 65_537, 65_535, 65_536, 90_000, 120_000, 131_073, 131_071]) {
      const { arena, length } = sealed(index);
      const again = arenaOf(arena.bytes);
      expect(receiver.openRtp(arena, 0, length)).toBe(40);
      expect(receiver.openRtp(again, 0, length)).toBe(-1);
    }
  });

  test('RTCP: replays, short and forged datagrams are refused', () => {
    const sender = transform();
    const receiver = new SrtpReceiver(transform());
    const report = Buffer.from('80c9000100000009', 'hex');
    const arena = arenaOf(report);
    const length = sender.sealRtcp(arena, 0, report.length, 3);
    const again = arenaOf(arena.bytes);
    expect(receiver.openRtcp(arena, 0, length)).toBe(8);
    expect(receiver.openRtcp(again, 0, length)).toBe(-1);
    for (let short = 0; short < length; short++) expect(receiver.openRtcp(arenaOf(again.bytes), 0, short)).toBe(-1);
  });
});

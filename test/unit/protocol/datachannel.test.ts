import { expect, test } from 'vitest';
import {
  type ChannelMessage,
  decodeChannelMessage,
  decodeInput,
  encodeChannelMessage,
  encodeInput,
  type InputCommand,
  joinTime,
  MAX_CURSOR_PNG_BYTES,
  splitTime,
} from '../../../server/protocol/channel/datachannel.js';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));

const INPUT: [InputCommand, string][] = [
  [{ kind: 'move', x: 258, y: 3 }, '01 0004 0102 0003'],
  [{ kind: 'scroll', deltaX: 1, deltaY: -2, control: true }, '02 0005 0001 fffe 01'],
  [{ kind: 'key-down', keysym: 0x10020ac }, '03 0004 010020ac'],
  [{ kind: 'key-up', keysym: 0xff0d }, '04 0004 0000ff0d'],
  [{ kind: 'button-down', code: 1 }, '05 0004 00000001'],
  [{ kind: 'button-up', code: 3 }, '06 0004 00000003'],
  [{ kind: 'ping', clientTime: { hi: 395, lo: 0xfffffffe } }, '07 0008 0000018b fffffffe'],
  [{ kind: 'touch-begin', id: 7, x: -1, y: 65_536, pressure: 255 }, '08 000d 00000007 ffffffff 00010000 ff'],
  [{ kind: 'touch-update', id: 7, x: 1, y: 2, pressure: 3 }, '09 000d 00000007 00000001 00000002 03'],
  [{ kind: 'touch-end', id: 7, x: 1, y: 2, pressure: 0 }, '0a 000d 00000007 00000001 00000002 00'],
];

test.each(INPUT)('B1, B2 %j as bytes, there and back', (command, spaced) => {
  const wire = spaced.replaceAll(' ', '');
  expect(hex(encodeInput(command))).toBe(wire);
  expect(decodeInput(bytes(wire))).toEqual({ ok: true, value: command });
});

test.each([
  ['B3 the old SCROLL has no control key', '020004 0001 ffff', { kind: 'scroll', deltaX: 1, deltaY: -1, control: false }],
  [
    'B3 the old SCROLL with a surplus byte still has none',
    '020004 0001 ffff 01',
    { kind: 'scroll', deltaX: 1, deltaY: -1, control: false },
  ],
  ['B4 a wrong length field is ignored', '0103e7 0042 0043', { kind: 'move', x: 66, y: 67 }],
  ['B4 surplus bytes are ignored', '010004 0042 0043 000000000000', { kind: 'move', x: 66, y: 67 }],
])('%s', (_rule, wire, command) => {
  expect(decodeInput(bytes(wire.replaceAll(' ', '')))).toEqual({ ok: true, value: command });
});

test.each([
  '',
  '01',
  '010004',
  '0100040001',
  '020005 0001 0001',
  '07000800000000',
  '08000d000000',
  '550001 09',
  '000000',
  'ff0000',
])('B5 %j is refused by the server', (wire) => {
  expect(decodeInput(bytes(wire.replaceAll(' ', ''))).ok).toBe(false);
});

test('B5 no bytes at all make the reader throw', () => {
  for (let opcode = 0; opcode < 256; opcode += 1) {
    for (let length = 0; length < 20; length += 1) {
      const message = new Uint8Array(length).fill(0xff);
      if (length > 0) message[0] = opcode;
      decodeInput(message);
      decodeChannelMessage(message);
    }
  }
});

const OUTPUT: [ChannelMessage, string][] = [
  [{ kind: 'cursor-position', x: 123, y: 234 }, '01 0007 007b 00ea'],
  [
    { kind: 'cursor-image', width: 24, height: 32, hotspotX: 1, hotspotY: 2, png: bytes('89504e47') },
    '02 000f 0018 0020 0001 0002 89504e47',
  ],
  [{ kind: 'pong', clientTime: { hi: 1, lo: 2 }, serverTime: { hi: 3, lo: 4 } }, '03 0013 00000001 00000002 00000003 00000004'],
];

test.each(OUTPUT)('B6 %j as bytes, there and back', (message, spaced) => {
  const wire = spaced.replaceAll(' ', '');
  expect(hex(encodeChannelMessage(message))).toBe(wire);
  expect(decodeChannelMessage(bytes(wire))).toEqual({ ok: true, value: message });
});

test.each(['', '0100', '010007007b', '02000b 0018', '030013 00', '090003'])('B5 %j is refused by the client', (wire) => {
  expect(decodeChannelMessage(bytes(wire.replaceAll(' ', ''))).ok).toBe(false);
});

test('B7 the largest cursor fits, one byte more is a mistake of ours', () => {
  const cursor = { kind: 'cursor-image', width: 1, height: 1, hotspotX: 0, hotspotY: 0 } as const;
  const largest = encodeChannelMessage({ ...cursor, png: new Uint8Array(MAX_CURSOR_PNG_BYTES) });
  expect(hex(largest.subarray(0, 3))).toBe('02ffff');
  expect(() => encodeChannelMessage({ ...cursor, png: new Uint8Array(MAX_CURSOR_PNG_BYTES + 1) })).toThrow(RangeError);
});

test.each([
  ['B8 beyond u16', { kind: 'cursor-position', x: 70_000, y: -3 }, '010007ffff0000'],
  ['B8 fractions are rounded', { kind: 'cursor-position', x: 1.6, y: 2.2 }, '01000700020002'],
] as const)('%s', (_rule, message, wire) => {
  expect(hex(encodeChannelMessage(message))).toBe(wire);
});

test('B9 a time survives the split by 2^32-1', () => {
  const nowMs = 1_767_323_045_678;
  expect(splitTime(nowMs)).toEqual({ hi: 411, lo: nowMs - 411 * 4_294_967_295 });
  expect(joinTime(splitTime(nowMs))).toBe(nowMs);
  expect(splitTime(4_294_967_295)).toEqual({ hi: 1, lo: 0 });
});

test('B1 a message is read where it lies in a larger buffer', () => {
  const whole = bytes('ffff01000400420043ff');
  expect(decodeInput(whole.subarray(2, 9))).toEqual({ ok: true, value: { kind: 'move', x: 66, y: 67 } });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type ChannelMessage,
  decodeChannelMessage,
  decodeInput,
  encodeChannelMessage,
  encodeInput,
  type InputCommand,
  joinTime,
  splitTime,
} from '../../../server/protocol/channel/datachannel.js';
import { anyBytes, mutated, record } from '../mutated.js';
import { holds, type Target } from '../target.js';

const u16 = fc.nat({ max: 0xffff });
const u32 = fc.nat({ max: 0xffff_ffff });
const i16 = fc.integer({ min: -0x8000, max: 0x7fff });
const i32 = fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff });
const time = record({ hi: u32, lo: u32 });

const command: fc.Arbitrary<InputCommand> = fc.oneof(
  record({ kind: fc.constant('move' as const), x: u16, y: u16 }),
  record({ kind: fc.constant('scroll' as const), deltaX: i16, deltaY: i16, control: fc.boolean() }),
  record({ kind: fc.constantFrom('key-down' as const, 'key-up' as const), keysym: u32 }),
  record({ kind: fc.constantFrom('button-down' as const, 'button-up' as const), code: u32 }),
  record({ kind: fc.constant('ping' as const), clientTime: time }),
  record({
    kind: fc.constantFrom('touch-begin' as const, 'touch-update' as const, 'touch-end' as const),
    id: u32,
    x: i32,
    y: i32,
    pressure: fc.nat({ max: 255 }),
  }),
);
const said: fc.Arbitrary<ChannelMessage> = fc.oneof(
  record({ kind: fc.constant('cursor-position' as const), x: u16, y: u16 }),
  record({ kind: fc.constant('pong' as const), clientTime: time, serverTime: time }),
  record({
    kind: fc.constant('cursor-image' as const),
    width: u16,
    height: u16,
    hotspotX: u16,
    hotspotY: u16,
    png: fc.uint8Array({ maxLength: 50 }),
  }),
);

/** A message somewhere inside a larger buffer, as SCTP hands it over. */
const inside = (bytes: Uint8Array) =>
  Buffer.concat([Buffer.alloc(7, 0xff), bytes, Buffer.alloc(7, 0xff)]).subarray(7, 7 + bytes.length);

export const channel: Target = {
  name: 'channel',
  properties: [
    holds('what a client says is read as it was said', [command], (content) => {
      assert.deepEqual(decodeInput(inside(encodeInput(content))), { ok: true, value: content });
    }),
    holds('what the server says is read as it was said', [said], (content) => {
      const read = decodeChannelMessage(encodeChannelMessage(content));
      assert(read.ok);
      assert.deepEqual(read.value, content);
    }),
    holds(
      'any bytes are an input that can be said again, or an error',
      [fc.oneof(anyBytes(40), mutated(command.map(encodeInput)))],
      (bytes) => {
        const read = decodeInput(inside(bytes));
        if (read.ok) assert.deepEqual(decodeInput(encodeInput(read.value)), read);
        else assert(read.error.length < 100);
      },
    ),
    holds(
      'any bytes of a server are a message or an error',
      [fc.oneof(anyBytes(60), mutated(said.map(encodeChannelMessage)))],
      (bytes) => {
        const read = decodeChannelMessage(inside(bytes));
        if (read.ok) assert.equal(encodeChannelMessage(read.value).length <= bytes.length, true);
      },
    ),
    holds('a time survives being split', [fc.nat({ max: Number.MAX_SAFE_INTEGER })], (epochMs) => {
      assert.equal(joinTime(splitTime(epochMs)), epochMs);
    }),
  ],
};

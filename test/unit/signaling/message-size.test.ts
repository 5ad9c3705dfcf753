import { expect, test } from 'vitest';
import { SOCKET_LIMITS } from '../../../server/signaling/limits.js';
import { MessageSize } from '../../../server/signaling/websocket/message-size.js';

const TEXT = 1;
const CONTINUATION = 0;
const PING = 9;

interface FrameOptions {
  readonly opcode?: number;
  readonly isLast?: boolean;
  readonly mask?: Buffer | null;
}

/** A frame as RFC 6455 section 5.2 has it. */
function frame(payload: Buffer, { opcode = TEXT, isLast = true, mask = Buffer.from([1, 2, 3, 4]) }: FrameOptions = {}): Buffer {
  const length = payload.length;
  const size = length < 126 ? Buffer.from([length]) : length < 65_536 ? Buffer.alloc(3) : Buffer.alloc(9);
  if (size.length === 3) {
    size[0] = 126;
    size.writeUInt16BE(length, 1);
  } else if (size.length === 9) {
    size[0] = 127;
    size.writeBigUInt64BE(BigInt(length), 1);
  }
  if (mask !== null) size[0] = (size[0] ?? 0) | 0x80;
  const masked = mask === null ? payload : Buffer.from(payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0)));
  return Buffer.concat([Buffer.from([(isLast ? 0x80 : 0) | opcode]), size, mask ?? Buffer.alloc(0), masked]);
}

/** A message of exactly `bytes` bytes. */
function message(event: string, bytes: number): Buffer {
  const head = `{"event":"${event}","payload":{"text":"`;
  return Buffer.from(`${head}${'x'.repeat(bytes - head.length - 3)}"}}`);
}

function reader(isHost = true): MessageSize {
  return new MessageSize(() => isHost);
}

const { message: usual, clipboard, unicast } = SOCKET_LIMITS;

test.each([
  ['control/move', usual.value, true],
  ['send/broadcast', usual.value, true],
  ['clipboard/set', clipboard.value, true],
  ['control/paste', clipboard.value, true],
  ['CLIPBOARD/SET', clipboard.value, true],
  ['clipboard/set', usual.value, false],
  ['send/unicast', unicast.value, false],
])('%s may have %i bytes and not one more, host: %s', (event, bytes, isHost) => {
  expect(reader(isHost).read(frame(message(event, bytes)))).toBe(true);
  expect(reader(isHost).read(frame(message(event, bytes + 1)))).toBe(false);
});

test('what names its event behind its payload is usual', () => {
  const late = Buffer.from(`{"payload":{"text":"${'x'.repeat(usual.value)}"},"event":"clipboard/set"}`);
  expect(reader().read(frame(late))).toBe(false);
});

test('a message is too large as soon as it announces its length, with hardly any of it read', () => {
  const size = reader();
  const bytes = frame(message('send/broadcast', 8_000_000));
  let read = 0;
  while (size.read(bytes.subarray(read, read + 10))) read += 10;
  expect(read).toBeLessThan(200);
});

test.each([1, 7, 1_460, 1 << 20])(
  'in parts of %i bytes, with pings between the fragments of a message, all is counted',
  (part) => {
    const half = usual.value / 2;
    const whole = message('send/broadcast', usual.value);
    const fragments = (all: Buffer) => [
      frame(all.subarray(0, half), { isLast: false }),
      frame(Buffer.from('still there'), { opcode: PING }),
      frame(Buffer.alloc(0), { opcode: CONTINUATION, isLast: false }),
      frame(all.subarray(half), { opcode: CONTINUATION, mask: null }),
    ];
    const size = reader();
    const passes = (bytes: Buffer) => {
      for (let at = 0; at < bytes.length; at += part) if (!size.read(bytes.subarray(at, at + part))) return false;
      return true;
    };
    // Twice, since what is counted for one message must not count for the next.
    expect(passes(Buffer.concat([...fragments(whole), ...fragments(whole)]))).toBe(true);
    expect(passes(Buffer.concat(fragments(message('send/broadcast', usual.value + 1))))).toBe(false);
  },
);

test('the bytes that go on to the parser are left as they are', () => {
  const bytes = frame(message('clipboard/set', 1_000));
  const before = Buffer.from(bytes);
  reader().read(bytes);
  expect(bytes.equals(before)).toBe(true);
});

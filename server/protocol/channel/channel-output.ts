import { assertNever } from '../../lib/assert-never.js';
import { err, ok, type Result } from '../../lib/result.js';
import { clamp, frame, HEADER_BYTES, readTime, type SplitTime, viewOf, writePoint, writeTime } from './channel-frame.js';

/** The opcodes of server messages (SPEC.md B6-B8). Their length field counts the whole message. */
const OPCODE = { cursorPosition: 1, cursorImage: 2, pong: 3 };

/** Messages of the server: the cursor's position, its shape as PNG, the answer to a ping. */
export type ChannelMessage =
  | { readonly kind: 'cursor-position'; readonly x: number; readonly y: number }
  | {
      readonly kind: 'cursor-image';
      readonly width: number;
      readonly height: number;
      readonly hotspotX: number;
      readonly hotspotY: number;
      readonly png: Uint8Array;
    }
  | { readonly kind: 'pong'; readonly clientTime: SplitTime; readonly serverTime: SplitTime };

/** The largest PNG that the 16-bit length field can announce. */
export const MAX_CURSOR_PNG_BYTES = 0xffff - 11;

/** Writes one message to a client. A cursor's PNG must be at most MAX_CURSOR_PNG_BYTES long. */
export function encodeChannelMessage(content: ChannelMessage): Uint8Array {
  switch (content.kind) {
    case 'cursor-position':
      return answer(OPCODE.cursorPosition, 7, (view) => writePoint(view, content.x, content.y));
    case 'cursor-image': {
      if (content.png.byteLength > MAX_CURSOR_PNG_BYTES) throw new RangeError(`cursor PNG of ${content.png.byteLength} bytes`);
      const bytes = answer(OPCODE.cursorImage, 11 + content.png.byteLength, (view) => {
        writePoint(view, content.width, content.height);
        view.setUint16(7, clamp(content.hotspotX, 0, 0xffff));
        view.setUint16(9, clamp(content.hotspotY, 0, 0xffff));
      });
      bytes.set(content.png, 11);
      return bytes;
    }
    case 'pong':
      return answer(OPCODE.pong, 19, (view) => {
        writeTime(view, 3, content.clientTime);
        writeTime(view, 11, content.serverTime);
      });
    default:
      return assertNever(content);
  }
}

/** Reads one message from the server (the client's side). */
export function decodeChannelMessage(bytes: Uint8Array): Result<ChannelMessage> {
  const view = viewOf(bytes);
  if (bytes.byteLength < HEADER_BYTES) return err(`message of ${bytes.byteLength} bytes has no header`);
  const opcode = view.getUint8(0);
  const needed = { [OPCODE.cursorPosition]: 7, [OPCODE.cursorImage]: 11, [OPCODE.pong]: 19 }[opcode];
  if (needed === undefined) return err(`unknown opcode ${opcode}`);
  if (bytes.byteLength < needed) return err(`opcode ${opcode} needs ${needed} bytes, got ${bytes.byteLength}`);
  if (opcode === OPCODE.cursorPosition) return ok({ kind: 'cursor-position', x: view.getUint16(3), y: view.getUint16(5) });
  if (opcode === OPCODE.pong) return ok({ kind: 'pong', clientTime: readTime(view, 3), serverTime: readTime(view, 11) });
  return ok({
    kind: 'cursor-image',
    width: view.getUint16(3),
    height: view.getUint16(5),
    hotspotX: view.getUint16(7),
    hotspotY: view.getUint16(9),
    png: bytes.subarray(11),
  });
}

function answer(opcode: number, totalBytes: number, fill: (view: DataView) => void): Uint8Array {
  return frame(opcode, totalBytes, totalBytes, fill);
}

import { assertNever } from '../../lib/assert-never.js';
import { err, ok, type Result } from '../../lib/result.js';
import { clamp, frame, HEADER_BYTES, readTime, type SplitTime, viewOf, writePoint, writeTime } from './channel-frame.js';

/** The opcodes of client messages (SPEC.md B2-B5). Their length field counts the payload alone. */
const OPCODE = {
  move: 1,
  scroll: 2,
  keyDown: 3,
  keyUp: 4,
  buttonDown: 5,
  buttonUp: 6,
  ping: 7,
  touchBegin: 8,
  touchUpdate: 9,
  touchEnd: 10,
};
/** Messages of clients: positions in screen pixels, keys as X keysyms, buttons as X button numbers. */
export type InputCommand =
  | { readonly kind: 'move'; readonly x: number; readonly y: number }
  | { readonly kind: 'scroll'; readonly deltaX: number; readonly deltaY: number; readonly control: boolean }
  | { readonly kind: 'key-down' | 'key-up'; readonly keysym: number }
  | { readonly kind: 'button-down' | 'button-up'; readonly code: number }
  | { readonly kind: 'ping'; readonly clientTime: SplitTime }
  | {
      readonly kind: 'touch-begin' | 'touch-update' | 'touch-end';
      readonly id: number;
      readonly x: number;
      readonly y: number;
      /** 0-255 */
      readonly pressure: number;
    };

/** Reads one message from a client; surplus bytes and a wrong length field are ignored. */
export function decodeInput(bytes: Uint8Array): Result<InputCommand> {
  const view = viewOf(bytes);
  if (bytes.byteLength < HEADER_BYTES) return err(`message of ${bytes.byteLength} bytes has no header`);
  const opcode = view.getUint8(0);
  const needed = inputPayloadBytes(opcode, view.getUint16(1));
  if (needed === null) return err(`unknown opcode ${opcode}`);
  if (bytes.byteLength < HEADER_BYTES + needed)
    return err(`opcode ${opcode} needs ${HEADER_BYTES + needed} bytes, got ${bytes.byteLength}`);
  return ok(readInput(view, opcode, needed));
}

const SCROLL_OLD_BYTES = 4;

function inputPayloadBytes(opcode: number, length: number): number | null {
  switch (opcode) {
    case OPCODE.move:
    case OPCODE.keyDown:
    case OPCODE.keyUp:
    case OPCODE.buttonDown:
    case OPCODE.buttonUp:
      return 4;
    case OPCODE.scroll:
      return length === SCROLL_OLD_BYTES ? SCROLL_OLD_BYTES : 5;
    case OPCODE.ping:
      return 8;
    case OPCODE.touchBegin:
    case OPCODE.touchUpdate:
    case OPCODE.touchEnd:
      return 13;
    default:
      return null;
  }
}

function readInput(view: DataView, opcode: number, payloadBytes: number): InputCommand {
  switch (opcode) {
    case OPCODE.move:
      return { kind: 'move', x: view.getUint16(3), y: view.getUint16(5) };
    case OPCODE.scroll: {
      const control = payloadBytes > SCROLL_OLD_BYTES && view.getUint8(7) !== 0;
      return { kind: 'scroll', deltaX: view.getInt16(3), deltaY: view.getInt16(5), control };
    }
    case OPCODE.keyDown:
    case OPCODE.keyUp:
      return { kind: opcode === OPCODE.keyDown ? 'key-down' : 'key-up', keysym: view.getUint32(3) };
    case OPCODE.buttonDown:
    case OPCODE.buttonUp:
      return { kind: opcode === OPCODE.buttonDown ? 'button-down' : 'button-up', code: view.getUint32(3) };
    case OPCODE.ping:
      return { kind: 'ping', clientTime: readTime(view, 3) };
    default: {
      const kind = opcode === OPCODE.touchBegin ? 'touch-begin' : opcode === OPCODE.touchUpdate ? 'touch-update' : 'touch-end';
      return { kind, id: view.getUint32(3), x: view.getInt32(7), y: view.getInt32(11), pressure: view.getUint8(15) };
    }
  }
}

/** Writes one message to the server (the client's side). */
export function encodeInput(command: InputCommand): Uint8Array {
  switch (command.kind) {
    case 'move':
      return message(OPCODE.move, 4, (view) => writePoint(view, command.x, command.y));
    case 'scroll':
      return message(OPCODE.scroll, 5, (view) => {
        view.setInt16(3, clamp(command.deltaX, -0x8000, 0x7fff));
        view.setInt16(5, clamp(command.deltaY, -0x8000, 0x7fff));
        view.setUint8(7, command.control ? 1 : 0);
      });
    case 'key-down':
    case 'key-up':
      return message(command.kind === 'key-down' ? OPCODE.keyDown : OPCODE.keyUp, 4, (view) => view.setUint32(3, command.keysym));
    case 'button-down':
    case 'button-up':
      return message(command.kind === 'button-down' ? OPCODE.buttonDown : OPCODE.buttonUp, 4, (view) =>
        view.setUint32(3, command.code),
      );
    case 'ping':
      return message(OPCODE.ping, 8, (view) => writeTime(view, 3, command.clientTime));
    case 'touch-begin':
    case 'touch-update':
    case 'touch-end':
      return message(TOUCH_OPCODES[command.kind], 13, (view) => {
        view.setUint32(3, command.id);
        view.setInt32(7, command.x);
        view.setInt32(11, command.y);
        view.setUint8(15, clamp(command.pressure, 0, 0xff));
      });
    default:
      return assertNever(command);
  }
}

const TOUCH_OPCODES = { 'touch-begin': OPCODE.touchBegin, 'touch-update': OPCODE.touchUpdate, 'touch-end': OPCODE.touchEnd };

function message(opcode: number, payloadBytes: number, fill: (view: DataView) => void): Uint8Array {
  return frame(opcode, HEADER_BYTES + payloadBytes, payloadBytes, fill);
}

import { err, ok, type Result } from '../../lib/result.js';
import type { Key, Keymap, KeyType, XkbAction } from './keymap.js';

/** [P] Bytes of the XKB requests that carry keyboard maps (X Keyboard Extension Protocol 1.0, appendix D; little-endian). */

/** The core keyboard, whichever device that is. */
export const CORE_KEYBOARD = 0x100;

/** Kinds of XKB events. */
export const XKB_NEW_KEYBOARD = 0;
export const XKB_MAP = 1;
export const XKB_STATE = 2;

const GET_MAP = 8;
const SET_MAP = 9;
const KEY_TYPES = 1;
const KEY_SYMBOLS = 2;
const MODIFIER_MAP = 4;
const KEY_ACTIONS = 16;
/** The index that every map gives to the type whose levels follow Shift and Lock. */
export const ALPHABETIC = 2;

export interface KeycodeRange {
  readonly first: number;
  readonly last: number;
}

/** The request for types, symbols, actions and modifiers of all keys. */
export function getMapRequest(opcode: number): Buffer {
  const request = Buffer.alloc(28);
  request[0] = opcode;
  request[1] = GET_MAP;
  request.writeUInt16LE(request.length / 4, 2);
  request.writeUInt16LE(CORE_KEYBOARD, 4);
  request.writeUInt16LE(KEY_TYPES | KEY_SYMBOLS | MODIFIER_MAP | KEY_ACTIONS, 6);
  return request;
}

/** The request that gives `keycode` one group of two symbols, chosen by Shift and Lock. */
export function bindKeyRequest(opcode: number, range: KeycodeRange, keycode: number, symbols: readonly [number, number]): Buffer {
  const request = Buffer.alloc(36 + 8 + 8);
  request[0] = opcode;
  request[1] = SET_MAP;
  request.writeUInt16LE(request.length / 4, 2);
  request.writeUInt16LE(CORE_KEYBOARD, 4);
  request.writeUInt16LE(KEY_SYMBOLS, 6);
  request[10] = range.first;
  request[11] = range.last;
  request[14] = keycode;
  request[15] = 1;
  request.writeUInt16LE(symbols.length, 16);
  request[36] = ALPHABETIC;
  request[40] = 1;
  request[41] = symbols.length;
  request.writeUInt16LE(symbols.length, 42);
  request.writeUInt32LE(symbols[0], 44);
  request.writeUInt32LE(symbols[1], 48);
  return request;
}

/** Reads the reply to `getMapRequest`, given without its first 8 bytes. */
export function parseMap(body: Buffer): Result<Keymap> {
  try {
    return ok(readMap(new Reader(body)));
  } catch (error) {
    return err(`the keyboard map cannot be read: ${String(error)}`);
  }
}

function readMap(reader: Reader): Keymap {
  const { bytes } = reader;
  const first = bytes.readUInt8(2);
  const last = bytes.readUInt8(3);
  const count = { types: bytes.readUInt8(7), symbols: bytes.readUInt8(12), actions: bytes.readUInt8(16) };
  const from = { symbols: bytes.readUInt8(9), actions: bytes.readUInt8(13) };
  const modifierPairs = bytes.readUInt8(25);
  reader.skip(32);

  const types = Array.from({ length: count.types }, () => readType(reader));
  const symbols = Array.from({ length: count.symbols }, () => readSymbols(reader));
  const perKey = Array.from({ length: count.actions }, () => reader.u8());
  reader.skip((4 - (count.actions % 4)) % 4);
  const actions = perKey.map((length) => Array.from({ length }, () => readAction(reader)));
  const modifiers = new Map(Array.from({ length: modifierPairs }, () => [reader.u8(), reader.u8()] as const));

  const keys = Array.from({ length: last - first + 1 }, (_, index): Key => {
    const keycode = first + index;
    return {
      ...(symbols[keycode - from.symbols] ?? { types: [], groups: 0, outOfRange: 0, width: 0, symbols: [] }),
      actions: actions[keycode - from.actions] ?? [],
      modifiers: modifiers.get(keycode) ?? 0,
    };
  });
  return { firstKeycode: first, types, keys };
}

function readType(reader: Reader): KeyType {
  const modifiers = reader.u8();
  reader.skip(4);
  const entries = reader.u8();
  const preserves = reader.u8();
  reader.skip(1);
  const levels: Array<KeyType['levels'][number]> = [];
  for (let entry = 0; entry < entries; entry++) {
    const active = reader.u8();
    const wanted = reader.u8();
    const level = reader.u8();
    reader.skip(5);
    if (active) levels.push({ modifiers: wanted, level });
  }
  if (preserves) reader.skip(4 * entries);
  return { modifiers, levels };
}

function readSymbols(reader: Reader): Omit<Key, 'actions' | 'modifiers'> {
  const types = [reader.u8(), reader.u8(), reader.u8(), reader.u8()];
  const groupInfo = reader.u8();
  const width = reader.u8();
  const total = reader.u16();
  const symbols = Array.from({ length: total }, () => reader.u32());
  return { types, groups: groupInfo & 0x0f, outOfRange: groupInfo & 0xf0, width, symbols };
}

const ACTION_KINDS: ReadonlyArray<XkbAction['kind']> = ['none', 'set-modifiers', 'other', 'lock-modifiers'];

function readAction(reader: Reader): XkbAction {
  const kind = ACTION_KINDS[reader.u8()] ?? 'other';
  reader.skip(1);
  const modifiers = reader.u8();
  reader.skip(5);
  return kind === 'set-modifiers' || kind === 'lock-modifiers' ? { kind, modifiers } : { kind };
}

/** Reads on from where the last read ended; reading beyond the end throws. */
class Reader {
  #offset = 0;

  constructor(readonly bytes: Buffer) {}

  skip(count: number): void {
    this.#offset += count;
  }

  u8(): number {
    return this.bytes.readUInt8(this.#offset++);
  }

  u16(): number {
    this.#offset += 2;
    return this.bytes.readUInt16LE(this.#offset - 2);
  }

  u32(): number {
    this.#offset += 4;
    return this.bytes.readUInt32LE(this.#offset - 4);
  }
}

/**
 * AV1 in RTP by the AOMedia document "RTP Payload Format For AV1" v1.0, since GStreamer has no payloader for it before
 * its Rust plug-ins. One temporal unit (low-overhead format, section 5.2 of the AV1 specification) gives one or more packets.
 */
export interface Av1PayloaderOptions {
  readonly payloadType: number;
  readonly ssrc: number;
  readonly firstSequence: number;
  /** Largest RTP packet in bytes. */
  readonly maxPacketBytes: number;
}

interface Obu {
  readonly type: number;
  /** Header without size field, and payload. */
  readonly parts: readonly Buffer[];
}

const RTP_HEADER_BYTES = 12;
const AGGREGATION_HEADER_BYTES = 1;
const OBU_SEQUENCE_HEADER = 1;
const OBU_TEMPORAL_DELIMITER = 2;
const OBU_TILE_LIST = 8;
const OBU_PADDING = 15;
/** Types that a sender leaves out (section 5): delimiters are implied, tile lists are not allowed, padding is waste. */
const LEFT_OUT: readonly number[] = [OBU_TEMPORAL_DELIMITER, OBU_TILE_LIST, OBU_PADDING];
const HAS_EXTENSION = 0x04;
const HAS_SIZE = 0x02;
const CONTINUES = 0x80;
const CONTINUED = 0x40;
const NEW_SEQUENCE = 0x08;
const CLOCK_RATE_HZ = 90_000n;
const NS_PER_SECOND = 1_000_000_000n;
/** Not worth starting an OBU in fewer bytes: its length prefix takes up to two of them. */
const SMALLEST_FRAGMENT_BYTES = 8;
const LENGTH_PREFIX_BYTES = 2;

export class Av1Payloader {
  readonly #options: Av1PayloaderOptions;
  #sequence: number;

  constructor(options: Av1PayloaderOptions) {
    this.#options = options;
    this.#sequence = options.firstSequence;
  }

  /** The RTP packets of one temporal unit; the last one carries the marker. */
  packets(temporalUnit: Buffer, ptsNs: bigint): Buffer[] {
    const obus = splitObus(temporalUnit).filter(({ type }) => !LEFT_OUT.includes(type));
    const startsSequence = obus.some(({ type }) => type === OBU_SEQUENCE_HEADER);
    const payloads = fill(
      obus.map(({ parts }) => Buffer.concat(parts)),
      this.#options.maxPacketBytes - RTP_HEADER_BYTES,
    );
    const timestamp = Number(BigInt.asUintN(32, (ptsNs * CLOCK_RATE_HZ) / NS_PER_SECOND));
    return payloads.map((payload, index) => {
      if (index === 0 && startsSequence) payload[0]! |= NEW_SEQUENCE;
      return this.#packet(payload, timestamp, index === payloads.length - 1);
    });
  }

  #packet(payload: Buffer, timestamp: number, marker: boolean): Buffer {
    const packet = Buffer.allocUnsafe(RTP_HEADER_BYTES + payload.length);
    packet[0] = 0x80;
    packet[1] = this.#options.payloadType | (marker ? 0x80 : 0);
    packet.writeUInt16BE(this.#sequence, 2);
    packet.writeUInt32BE(timestamp, 4);
    packet.writeUInt32BE(this.#options.ssrc, 8);
    payload.copy(packet, RTP_HEADER_BYTES);
    this.#sequence = (this.#sequence + 1) & 0xffff;
    return packet;
  }
}

/** Splits a temporal unit into OBUs without their size fields; an OBU that claims more than there is ends the list. */
function splitObus(unit: Buffer): Obu[] {
  const obus: Obu[] = [];
  let at = 0;
  while (at < unit.length) {
    const header = unit[at]!;
    const headerBytes = header & HAS_EXTENSION ? 2 : 1;
    const size = header & HAS_SIZE ? readLeb128(unit, at + headerBytes) : undefined;
    const from = at + headerBytes + (size?.bytes ?? 0);
    const to = size === undefined ? unit.length : from + size.value;
    if (to > unit.length || from > unit.length) break;
    const head = Buffer.from(unit.subarray(at, at + headerBytes));
    head[0]! &= ~HAS_SIZE;
    obus.push({ type: (header >> 3) & 0x0f, parts: [head, unit.subarray(from, to)] });
    at = to;
  }
  return obus;
}

/** Fills payloads with length-prefixed OBU elements (W = 0), cutting an OBU where a payload is full (section 4.3). */
function fill(obus: readonly Buffer[], maxBytes: number): Buffer[] {
  const payloads: Buffer[] = [];
  let elements: Buffer[] = [];
  let room = maxBytes - AGGREGATION_HEADER_BYTES;
  let continues = false;
  const flush = (continued: boolean) => {
    const header = (continues ? CONTINUES : 0) | (continued ? CONTINUED : 0);
    payloads.push(Buffer.concat([Buffer.of(header), ...elements]));
    elements = [];
    room = maxBytes - AGGREGATION_HEADER_BYTES;
    continues = continued;
  };
  for (const obu of obus) {
    let rest = obu;
    if (room < SMALLEST_FRAGMENT_BYTES) flush(false);
    while (rest.length + LENGTH_PREFIX_BYTES > room) {
      const cut = rest.subarray(0, room - LENGTH_PREFIX_BYTES);
      elements.push(writeLeb128(cut.length), cut);
      rest = rest.subarray(cut.length);
      flush(true);
    }
    elements.push(writeLeb128(rest.length), rest);
    room -= rest.length + LENGTH_PREFIX_BYTES;
  }
  if (elements.length > 0) flush(false);
  return payloads;
}

function readLeb128(bytes: Buffer, at: number): { value: number; bytes: number } {
  let value = 0;
  for (let index = 0; index < 8; index += 1) {
    const byte = bytes[at + index] ?? 0;
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { value, bytes: index + 1 };
  }
  return { value, bytes: 8 };
}

function writeLeb128(value: number): Buffer {
  return value < 0x80 ? Buffer.of(value) : Buffer.of((value & 0x7f) | 0x80, value >> 7);
}

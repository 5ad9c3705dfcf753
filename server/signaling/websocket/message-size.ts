import { SOCKET_LIMITS } from '../limits.js';

/** The beginning of a message whose event may have more than the usual bytes. */
const LARGE = /^\s*\{\s*"event"\s*:\s*"(clipboard\/set|control\/paste|send\/unicast)"/i;
/** The bytes of a message that are searched for its event; a message that names it later may not be large. */
export const LOOKED_AT_BYTES = 96;
/** RFC 6455 section 5.2: two bytes, eight of length, four of mask. */
const LONGEST_HEADER_BYTES = 14;
const FIN = 0x80;
const MASKED = 0x80;
const FIRST_CONTROL_OPCODE = 8;

/** How many bytes a message with this beginning may have; only the host may send a large clipboard. */
export function allowedBytes(beginning: string, isHost: boolean): number {
  const event = LARGE.exec(beginning)?.[1]?.toLowerCase();
  if (event === undefined) return SOCKET_LIMITS.message.value;
  if (event === 'send/unicast') return SOCKET_LIMITS.unicast.value;
  return isHost ? SOCKET_LIMITS.clipboard.value : SOCKET_LIMITS.message.value;
}

interface Frame {
  readonly isData: boolean;
  readonly isLast: boolean;
  readonly mask: Buffer | null;
  leftBytes: number;
  doneBytes: number;
}

/**
 * [P] Watches a WebSocket's frames and finds a message that is too large for its event as soon as its length is announced,
 * before it is buffered. Malformed frames are left to the WebSocket's own parser.
 */
export class MessageSize {
  readonly #header = Buffer.alloc(LONGEST_HEADER_BYTES);
  #headerBytes = 0;
  #frame: Frame | null = null;
  #messageBytes = 0;
  #beginning = Buffer.alloc(0);

  constructor(private readonly isHost: () => boolean) {}

  /** Reads the next bytes from the network without changing them; false when the message in them is too large. */
  read(chunk: Buffer): boolean {
    let at = 0;
    while (at < chunk.length) {
      at = this.#frame === null ? this.#readHeader(chunk, at) : this.#readPayload(chunk, at, this.#frame);
      if (this.#isTooLarge()) return false;
      if (this.#frame?.leftBytes === 0) this.#endFrame(this.#frame);
    }
    return true;
  }

  /** Takes one byte. */
  #readHeader(chunk: Buffer, at: number): number {
    this.#header[this.#headerBytes++] = chunk.readUInt8(at);
    if (this.#headerBytes === headerBytes(this.#header, this.#headerBytes)) {
      this.#frame = frameOf(this.#header.subarray(0, this.#headerBytes));
      if (this.#frame.isData) this.#messageBytes += this.#frame.leftBytes;
      this.#headerBytes = 0;
    }
    return at + 1;
  }

  #readPayload(chunk: Buffer, at: number, frame: Frame): number {
    const bytes = Math.min(frame.leftBytes, chunk.length - at);
    const wanted = Math.min(bytes, LOOKED_AT_BYTES - this.#beginning.length);
    if (frame.isData && wanted > 0)
      this.#beginning = Buffer.concat([this.#beginning, unmasked(chunk.subarray(at, at + wanted), frame)]);
    frame.doneBytes += bytes;
    frame.leftBytes -= bytes;
    return at + bytes;
  }

  #endFrame({ isData, isLast }: Frame): void {
    this.#frame = null;
    if (!isData || !isLast) return;
    this.#messageBytes = 0;
    this.#beginning = Buffer.alloc(0);
  }

  #isTooLarge(): boolean {
    if (this.#messageBytes <= SOCKET_LIMITS.message.value || this.#beginning.length < LOOKED_AT_BYTES) return false;
    return this.#messageBytes > allowedBytes(this.#beginning.toString('latin1'), this.isHost());
  }
}

function frameOf(header: Buffer): Frame {
  const [first, second] = [header.readUInt8(0), header.readUInt8(1)];
  const short = second & 0x7f;
  const leftBytes = short < 126 ? short : short === 126 ? header.readUInt16BE(2) : Number(header.readBigUInt64BE(2));
  const mask = (second & MASKED) === 0 ? null : Buffer.from(header.subarray(header.length - 4));
  return { isData: (first & 0x0f) < FIRST_CONTROL_OPCODE, isLast: (first & FIN) !== 0, mask, leftBytes, doneBytes: 0 };
}

function unmasked(bytes: Buffer, { mask, doneBytes }: Frame): Buffer {
  return mask === null ? bytes : Buffer.from(bytes.map((byte, index) => byte ^ (mask[(doneBytes + index) % 4] ?? 0)));
}

/** The length of the header that begins with these bytes. */
function headerBytes(header: Buffer, known: number): number {
  if (known < 2) return 2;
  const length = header.readUInt8(1) & 0x7f;
  const mask = (header.readUInt8(1) & MASKED) === 0 ? 0 : 4;
  return 2 + (length < 126 ? 0 : length === 126 ? 2 : 8) + mask;
}

import { allocateArena } from '../../native/arena.js';
import type { CodecName } from '../../protocol/codec.js';
import { distance16, u16, u32 } from '../bytes.js';
import { startsKeyframe } from './keyframe.js';
import { rtpMarker, rtpPadding, rtpPayloadAt } from './rtp.js';

/** Room for one payload; payloaders make packets of up to 1200 bytes. */
const SLOT_BYTES = 1_536;
/** A larger jump of the source's numbers is a new beginning and no loss. */
const MAX_SOURCE_LOSS = 64;

const MARKER = 1;
const FRAME_START = 2;
const KEYFRAME = 4;

let epochs = 0;

/**
 * The last packets of one stream, kept once for all its viewers: what a viewer has yet to be sent is a cursor into it, and
 * so is what it may be sent again. Packets have an index that only grows; the ring holds [oldest, head).
 */
export class PacketRing {
  readonly arena;
  readonly #codec: CodecName;
  readonly #mask: number;
  readonly #length: Uint16Array;
  readonly #timestamp: Uint32Array;
  readonly #lostBefore: Uint8Array;
  readonly #flags: Uint8Array;
  readonly #frame: Float64Array;
  readonly #arrivedAtMs: Float64Array;
  /** Payload bytes of all packets before this one. */
  readonly #bytesBefore: Float64Array;
  #head = 0;
  #totalBytes = 0;
  #frames = 0;
  #frameStart = 0;
  #keyframe = -1;
  #epoch = ++epochs;
  #betweenFrames = true;
  #expected = -1;
  /** Packets that were no RTP or too large. */
  rejected = 0;

  /** `capacity` is a power of two, in packets. */
  constructor(codec: CodecName, capacity: number) {
    this.#codec = codec;
    this.#mask = capacity - 1;
    this.arena = allocateArena(capacity * SLOT_BYTES);
    this.#length = new Uint16Array(capacity);
    this.#timestamp = new Uint32Array(capacity);
    this.#lostBefore = new Uint8Array(capacity);
    this.#flags = new Uint8Array(capacity);
    this.#frame = new Float64Array(capacity);
    this.#arrivedAtMs = new Float64Array(capacity);
    this.#bytesBefore = new Float64Array(capacity);
  }

  get head(): number {
    return this.#head;
  }

  get oldest(): number {
    return Math.max(0, this.#head - this.#mask - 1);
  }

  /** Where the newest keyframe begins, or -1 when none is left in the ring or the stream has started anew since. */
  get keyframe(): number {
    return this.#keyframe >= this.oldest ? this.#keyframe : -1;
  }

  /** A number for this run of the encoding, unlike that of any other run or stream. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Copies one RTP packet in. Returns whether it was one. */
  push(packet: Uint8Array, nowMs: number): boolean {
    const payloadAt = rtpPayloadAt(packet, 0, packet.length);
    const padding = payloadAt < 0 ? -1 : rtpPadding(packet, 0, payloadAt, packet.length);
    const length = packet.length - payloadAt - padding;
    if (padding < 0 || length > SLOT_BYTES) {
      this.rejected++;
      return false;
    }
    const slot = this.#head & this.#mask;
    this.arena.bytes.set(packet.subarray(payloadAt, payloadAt + length), slot * SLOT_BYTES);
    this.#note(slot, packet, length, nowMs);
    if (startsKeyframe(this.#codec, packet, payloadAt, payloadAt + length)) {
      this.#keyframe = this.#frameStart;
      this.#flags[this.#frameStart & this.#mask]! |= KEYFRAME;
    }
    this.#head++;
    return true;
  }

  #note(slot: number, packet: Uint8Array, length: number, nowMs: number): void {
    const sequence = u16(packet, 2);
    const timestamp = u32(packet, 4);
    const marker = rtpMarker(packet, 0);
    const lost = this.#expected < 0 ? 0 : distance16(sequence, this.#expected);
    const starts = this.#betweenFrames || timestamp !== this.#timestamp[(this.#head - 1) & this.#mask];
    if (starts) {
      this.#frames++;
      this.#frameStart = this.#head;
    }
    this.#length[slot] = length;
    this.#timestamp[slot] = timestamp;
    this.#lostBefore[slot] = lost > 0 && lost <= MAX_SOURCE_LOSS ? lost : 0;
    this.#flags[slot] = (marker ? MARKER : 0) | (starts ? FRAME_START : 0);
    this.#frame[slot] = this.#frames;
    this.#arrivedAtMs[slot] = nowMs;
    this.#bytesBefore[slot] = this.#totalBytes;
    this.#totalBytes += length;
    this.#expected = (sequence + 1) & 0xffff;
    this.#betweenFrames = marker;
  }

  /** The encoding starts anew. What is in the ring can still be sent again, but nothing joins there any more. */
  restart(): void {
    this.#epoch = ++epochs;
    this.#keyframe = -1;
    this.#expected = -1;
    this.#betweenFrames = true;
  }

  /** Where the payload begins in the arena. */
  payloadAt(index: number): number {
    return (index & this.#mask) * SLOT_BYTES;
  }

  payloadLength(index: number): number {
    return this.#length[index & this.#mask]!;
  }

  timestamp(index: number): number {
    return this.#timestamp[index & this.#mask]!;
  }

  lostBefore(index: number): number {
    return this.#lostBefore[index & this.#mask]!;
  }

  marker(index: number): boolean {
    return (this.#flags[index & this.#mask]! & MARKER) !== 0;
  }

  startsFrame(index: number): boolean {
    return (this.#flags[index & this.#mask]! & FRAME_START) !== 0;
  }

  /** Whether a keyframe begins with this packet. */
  startsKeyframe(index: number): boolean {
    return (this.#flags[index & this.#mask]! & KEYFRAME) !== 0;
  }

  /** Frames are counted from 1. */
  frame(index: number): number {
    return this.#frame[index & this.#mask]!;
  }

  /** The number of the frame that came last; 0 before the first. */
  get newestFrame(): number {
    return this.#frames;
  }

  arrivedAtMs(index: number): number {
    return this.#arrivedAtMs[index & this.#mask]!;
  }

  /** Payload bytes in [index, head). */
  bytesFrom(index: number): number {
    return index < this.#head ? this.#totalBytes - this.#bytesBefore[index & this.#mask]! : 0;
  }
}

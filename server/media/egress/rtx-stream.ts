import { put16 } from '../bytes.js';
import type { TrackOptions } from '../media-engine.js';
import type { Outlet } from '../paths/outlet.js';
import { HeaderTemplate } from '../rtp/header-template.js';
import type { PacketRing } from '../rtp/packet-ring.js';
import { RTP_PADDING } from '../rtp/rtp.js';
import type { SrtpTransform } from '../srtp/srtp.js';
import type { SendLog } from './send-log.js';
import type { SentHistory } from './sent-history.js';

/** The original sequence number before the payload (RFC 4588 section 4). */
const ORIGINAL_NUMBER_BYTES = 2;
/** The last byte of a padded packet says how many there are (RFC 3550 section 5.1). */
const MOST_PADDING_BYTES = 255;

/** Of the viewer that it is sent to. */
interface Sealer {
  readonly transform: SrtpTransform;
  readonly sendLog: SendLog;
}

/** What one track sends again, as a stream of its own on the wire (RFC 4588): SSRC, payload type, numbers and counts. */
export class RtxStream {
  readonly ssrc: number;
  readonly #template: HeaderTemplate;
  /** Rollover counter * 65536 + sequence number of the next packet. */
  #index: number;
  packetsSent = 0;
  /** Of RTP payload, as sender reports count it. */
  bytesSent = 0;

  constructor(options: NonNullable<TrackOptions['rtx']>, extensions: TrackOptions['extensions'], firstSequence: number) {
    this.ssrc = options.ssrc;
    this.#template = new HeaderTemplate(options.ssrc, options.payloadType, extensions);
    this.#index = firstSequence;
  }

  setPlayoutDelay(minMs: number, maxMs: number): void {
    this.#template.setPlayoutDelay(minMs, maxMs);
  }

  /** How long the datagram is that a payload of so many bytes is sent again in. */
  lengthOf(payload: number, { transform }: Sealer): number {
    return this.#template.length + ORIGINAL_NUMBER_BYTES + payload + transform.rtpOverhead;
  }

  /** Writes the packet of a row of the history once more. Returns the length of the datagram. */
  writeAgain(
    sealer: Sealer,
    outlet: Outlet,
    slot: number,
    ring: PacketRing,
    history: SentHistory,
    row: number,
    nowMs: number,
  ): number {
    const streamIndex = history.streamIndex[row]!;
    const transportSequence = this.#writeHeader(sealer, outlet, slot, ring.marker(streamIndex), history.timestamp[row]!, nowMs);
    const bytes = outlet.arena.bytes;
    const payloadAt = slot + this.#template.length;
    const from = ring.payloadAt(streamIndex);
    const length = ring.payloadLength(streamIndex);
    put16(bytes, payloadAt, history.indexAt(row) & 0xffff);
    bytes.set(ring.arena.bytes.subarray(from, from + length), payloadAt + ORIGINAL_NUMBER_BYTES);
    this.bytesSent += ORIGINAL_NUMBER_BYTES + length;
    return this.#seal(sealer, outlet, slot, ORIGINAL_NUMBER_BYTES + length, transportSequence, nowMs);
  }

  /** Writes a packet that holds nothing but padding, in a datagram of about `length` bytes. Returns its length. */
  writeEmpty(sealer: Sealer, outlet: Outlet, slot: number, length: number, timestamp: number, nowMs: number): number {
    const transportSequence = this.#writeHeader(sealer, outlet, slot, false, timestamp, nowMs);
    const bytes = outlet.arena.bytes;
    const payloadAt = slot + this.#template.length;
    const around = this.#template.length + sealer.transform.rtpOverhead;
    const padding = Math.max(1, Math.min(MOST_PADDING_BYTES, length - around));
    bytes[slot]! |= RTP_PADDING;
    bytes.fill(0, payloadAt, payloadAt + padding - 1);
    bytes[payloadAt + padding - 1] = padding;
    return this.#seal(sealer, outlet, slot, padding, transportSequence, nowMs);
  }

  #writeHeader({ sendLog }: Sealer, outlet: Outlet, slot: number, marker: boolean, timestamp: number, nowMs: number): number {
    const transportSequence = this.#template.hasTransportCc ? sendLog.take() : 0;
    this.#template.write(outlet.arena.bytes, slot, marker, this.#index, timestamp, transportSequence, nowMs);
    return transportSequence;
  }

  #seal(
    { transform, sendLog }: Sealer,
    { arena }: Outlet,
    slot: number,
    payload: number,
    transportSequence: number,
    nowMs: number,
  ): number {
    const header = this.#template.length;
    const length = transform.sealRtp(arena, slot, header, arena, slot + header, payload, this.ssrc, this.#index++);
    if (this.#template.hasTransportCc) sendLog.record(transportSequence, nowMs, length);
    this.packetsSent++;
    return length;
  }
}

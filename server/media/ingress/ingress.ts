import { TokenBucket } from '../../lib/bounds/token-bucket.js';
import { allocateArena } from '../../native/arena.js';
import { u16, u32 } from '../bytes.js';
import { MEDIA_LIMITS } from '../limits.js';
import { rtpMarker, rtpPadding, rtpPayloadAt } from '../rtp/rtp.js';
import type { SrtpReceiver } from '../srtp/srtp-receiver.js';
import { Demultiplexer } from './demultiplexer.js';
import { extensionText } from './header-extension.js';
import { type ReceptionBlock, ReceptionStatistics } from './reception-statistics.js';
import type { Reception } from './rtp-sink.js';

const PER_SECOND: number = MEDIA_LIMITS.rtpRate.value;
const arena = allocateArena(MEDIA_LIMITS.rtpDatagram.value);

/** The media that one viewer sends: opened, sorted by section, counted, and handed to the sinks of its sections. Time is an argument. */
export class Ingress {
  readonly #receiver: SrtpReceiver;
  readonly #bucket = new TokenBucket({ perSecond: PER_SECOND, burst: PER_SECOND }, 0);
  readonly #sources = new Map<number, ReceptionStatistics>();
  #demultiplexer: Demultiplexer | undefined;
  #midExtension: number | undefined;

  constructor(receiver: SrtpReceiver) {
    this.#receiver = receiver;
  }

  /** What is received from now on; without sections nothing is even decrypted. */
  expect({ midExtension, sections }: Reception): void {
    this.#midExtension = midExtension;
    this.#demultiplexer = sections.length === 0 ? undefined : new Demultiplexer(sections);
  }

  /** One SRTP datagram. False: it was of no use. */
  receive(datagram: Buffer, nowMs: number): boolean {
    const demultiplexer = this.#demultiplexer;
    if (demultiplexer === undefined || datagram.length > arena.bytes.length || !this.#bucket.take(nowMs)) return false;
    const end = this.#receiver.openRtp(arena, 0, datagram.copy(arena.bytes));
    return end >= 0 && this.#deliver(demultiplexer, arena.bytes, end, nowMs);
  }

  /** The viewer's sender report of a source: the middle 32 bits of its NTP time. */
  senderReport(ssrc: number, compactNtp: number, nowMs: number): void {
    this.#sources.get(ssrc)?.reported(compactNtp, nowMs);
  }

  /** The viewer says that a source has ended. */
  bye(ssrc: number): void {
    this.#sources.delete(ssrc);
    this.#demultiplexer?.forget(ssrc);
  }

  /** What the next receiver report says. */
  blocks(nowMs: number): ReceptionBlock[] {
    return [...this.#sources.values()].flatMap((source) => source.block(nowMs) ?? []);
  }

  #deliver(demultiplexer: Demultiplexer, bytes: Uint8Array, end: number, nowMs: number): boolean {
    const payloadAt = rtpPayloadAt(bytes, 0, end);
    const padding = payloadAt < 0 ? -1 : rtpPadding(bytes, 0, payloadAt, end);
    if (padding < 0) return false;
    const [payloadType, ssrc, timestamp] = [bytes[1]! & 0x7f, u32(bytes, 8), u32(bytes, 4)];
    const mid = this.#midExtension === undefined ? undefined : extensionText(bytes, 0, payloadAt, this.#midExtension);
    const section = demultiplexer.sectionOf({ mid, ssrc, payloadType });
    const codec = section?.payloadTypes.find((each) => each.payloadType === payloadType);
    if (section === undefined || codec === undefined) return false;
    const sequence = this.#sourceOf(ssrc).note(u16(bytes, 2), timestamp, codec.clockRateHz, nowMs);
    const payload = bytes.subarray(payloadAt, end - padding);
    const marker = rtpMarker(bytes, 0);
    section.sink.packet({ mid: section.mid, ssrc, payloadType, sequence, timestamp, marker, payload });
    return true;
  }

  #sourceOf(ssrc: number): ReceptionStatistics {
    const source = this.#sources.get(ssrc) ?? new ReceptionStatistics(ssrc);
    this.#sources.set(ssrc, source);
    return source;
  }
}

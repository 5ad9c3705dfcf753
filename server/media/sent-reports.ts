import type { RtxStream } from './egress/rtx-stream.js';
import type { Track } from './egress/track.js';
import type { Ingress } from './ingress/ingress.js';
import type { TrackStats } from './media-engine.js';
import {
  type SenderReport,
  writeBye,
  writeReceiverReport,
  writeSenderReport,
  writeSourceDescription,
} from './rtcp/rtcp-writer.js';

/** Writes one compound RTCP packet at an index of a buffer; returns its length. */
export type WriteRtcp = (bytes: Uint8Array, at: number) => number;

export interface SentReportsOptions {
  readonly cname: string;
  /** The SSRC that reports, while there is no track of ours whose SSRC could stand for us. */
  readonly reporter: number;
  readonly wallClockMs: () => number;
  /** Seals and sends one packet, if there is a way. */
  readonly write: (write: WriteRtcp) => void;
}

/** RFC 3550 leaves the distance to the application; a second keeps lip-sync and round trips fresh. */
const REPORT_INTERVAL_MS = 1_000;
/** The most that the five bits of a report's count can say. */
const MAX_REPORT_BLOCKS = 31;

/** What one viewer is sent about media: a sender report per SSRC, what arrived of its own, and a BYE at the end (SPEC.md RC1, RC5, RV4). */
export class SentReports {
  readonly #options: SentReportsOptions;
  #dueAtMs = Number.POSITIVE_INFINITY;

  constructor(options: SentReportsOptions) {
    this.#options = options;
  }

  /** Timestamps begin anew: the next reports are due at once. */
  soon(): void {
    this.#dueAtMs = 0;
  }

  /** Reports begin a second from now at the latest. */
  begin(nowMs: number): void {
    this.#dueAtMs = Math.min(this.#dueAtMs, nowMs + REPORT_INTERVAL_MS);
  }

  /** Sends the reports when they are due. */
  send(tracks: readonly Track[], ingress: Ingress, nowMs: number): void {
    if (nowMs < this.#dueAtMs) return;
    this.#dueAtMs = nowMs + REPORT_INTERVAL_MS;
    for (const track of tracks) this.#reportTrack(track);
    this.#reportReception(tracks[0]?.ssrc ?? this.#options.reporter, ingress, nowMs);
  }

  bye(tracks: readonly Track[]): void {
    const { write } = this.#options;
    for (const { epoch, ssrc, rtx } of tracks) {
      if (epoch !== 0) write((bytes, at) => writeBye(bytes, at, ssrc));
      if (hasSent(rtx)) write((bytes, at) => writeBye(bytes, at, rtx.ssrc));
    }
  }

  #reportReception(ssrc: number, ingress: Ingress, nowMs: number): void {
    const blocks = ingress.blocks(nowMs).slice(0, MAX_REPORT_BLOCKS);
    if (blocks.length === 0) return;
    this.#options.write((bytes, at) => {
      const length = writeReceiverReport(bytes, at, ssrc, blocks);
      return length + writeSourceDescription(bytes, at + length, ssrc, this.#options.cname);
    });
  }

  #reportTrack(track: Track): void {
    const moment = track.source?.moment();
    // Until a packet of this run of the encoding was sent, its timestamps mean nothing to the viewer.
    if (moment === undefined || track.epoch !== track.source?.ring.epoch) return;
    const wallClockMs = this.#options.wallClockMs();
    const sinceUnits = Math.round(((wallClockMs - moment.wallClockMs) * track.clockRateHz) / 1_000);
    const rtpTimestamp = track.numbers.timestamp(moment.rtpTimestamp + sinceUnits);
    this.#reportSource({ ssrc: track.ssrc, wallClockMs, rtpTimestamp }, track.stats);
    // Retransmissions have the timestamps of what they repeat.
    if (hasSent(track.rtx)) this.#reportSource({ ssrc: track.rtx.ssrc, wallClockMs, rtpTimestamp }, track.rtx);
  }

  #reportSource(
    moment: Pick<SenderReport, 'ssrc' | 'wallClockMs' | 'rtpTimestamp'>,
    { packetsSent, bytesSent }: Pick<TrackStats, 'packetsSent' | 'bytesSent'>,
  ): void {
    this.#options.write((bytes, at) => {
      const length = writeSenderReport(bytes, at, { ...moment, packets: packetsSent, bytes: bytesSent });
      return length + writeSourceDescription(bytes, at + length, moment.ssrc, this.#options.cname);
    });
  }
}

function hasSent(rtx: RtxStream | undefined): rtx is RtxStream {
  return rtx !== undefined && rtx.packetsSent > 0;
}

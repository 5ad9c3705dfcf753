import { put16, put32 } from '../bytes.js';
import type { ReceptionBlock } from '../ingress/reception-statistics.js';

/** Seconds between the NTP epoch (1900) and the Unix epoch (RFC 868). */
const NTP_OFFSET_S = 2_208_988_800;

/** What a sender report says about one track (RFC 3550 section 6.4.1). */
export interface SenderReport {
  readonly ssrc: number;
  /** When `rtpTimestamp` was captured, ms since 1970. */
  readonly wallClockMs: number;
  readonly rtpTimestamp: number;
  readonly packets: number;
  /** Payload bytes. */
  readonly bytes: number;
}

/** Writes a sender report without blocks. Returns its length, 28. */
export function writeSenderReport(out: Uint8Array, at: number, report: SenderReport): number {
  out[at] = 0x80;
  out[at + 1] = 200;
  put16(out, at + 2, 6);
  put32(out, at + 4, report.ssrc);
  const seconds = Math.floor(report.wallClockMs / 1_000);
  put32(out, at + 8, (seconds + NTP_OFFSET_S) % 0x1_0000_0000);
  put32(out, at + 12, Math.floor(((report.wallClockMs - seconds * 1_000) / 1_000) * 0x1_0000_0000));
  put32(out, at + 16, report.rtpTimestamp);
  put32(out, at + 20, report.packets % 0x1_0000_0000);
  put32(out, at + 24, report.bytes % 0x1_0000_0000);
  return 28;
}

/** Writes a receiver report with at most 31 blocks (RFC 3550 section 6.4.2). Returns its length. */
export function writeReceiverReport(out: Uint8Array, at: number, ssrc: number, blocks: readonly ReceptionBlock[]): number {
  out[at] = 0x80 | blocks.length;
  out[at + 1] = 201;
  put16(out, at + 2, 1 + 6 * blocks.length);
  put32(out, at + 4, ssrc);
  blocks.forEach((block, index) => {
    const blockAt = at + 8 + 24 * index;
    put32(out, blockAt, block.ssrc);
    put32(out, blockAt + 4, (block.fractionLost << 24) | (block.totalLost & 0xff_ffff));
    put32(out, blockAt + 8, block.highestSequence);
    put32(out, blockAt + 12, block.jitter);
    put32(out, blockAt + 16, block.lastReport);
    put32(out, blockAt + 20, block.delaySinceLastReport);
  });
  return 8 + 24 * blocks.length;
}

/** Writes a source description with the canonical name (RFC 3550 section 6.5). Returns its length. */
export function writeSourceDescription(out: Uint8Array, at: number, ssrc: number, cname: string): number {
  const name = cname.slice(0, 255);
  // The item list ends in at least one zero and fills its word.
  const items = (2 + name.length + 4) & ~3;
  out[at] = 0x81;
  out[at + 1] = 202;
  put16(out, at + 2, 1 + items / 4);
  put32(out, at + 4, ssrc);
  out.fill(0, at + 8, at + 8 + items);
  out[at + 8] = 1;
  out[at + 9] = name.length;
  for (let i = 0; i < name.length; i++) out[at + 10 + i] = name.charCodeAt(i) & 0x7f;
  return 8 + items;
}

/** Writes BYE for one source (RFC 3550 section 6.6). Returns its length, 8. */
export function writeBye(out: Uint8Array, at: number, ssrc: number): number {
  out[at] = 0x81;
  out[at + 1] = 203;
  put16(out, at + 2, 1);
  put32(out, at + 4, ssrc);
  return 8;
}

/** The middle 32 bits of the NTP time, in which round trips are measured (RFC 3550 section 6.4.1). */
export function compactNtp(wallClockMs: number): number {
  return Math.floor((wallClockMs / 1_000 + NTP_OFFSET_S) * 0x1_0000) % 0x1_0000_0000;
}

/** The round trip by a report block; undefined when the viewer has seen no sender report yet. */
export function roundTripMs(nowWallClockMs: number, lastReport: number, delaySinceLastReport: number): number | undefined {
  if (lastReport === 0) return undefined;
  const units = (compactNtp(nowWallClockMs) - lastReport - delaySinceLastReport) | 0;
  return Math.max(0, (units / 0x1_0000) * 1_000);
}

import { u16, u32 } from '../bytes.js';
import { parseTransportFeedback, type TransportFeedback } from './transport-feedback.js';

/** The feedback of a viewer (RFC 3550, 4585, 5104, draft-alvestrand-rmcat-remb, draft-holmer-rmcat-transport-wide-cc). */
export type RtcpMessage =
  | { readonly kind: 'receiver-report'; readonly ssrc: number; readonly blocks: readonly ReportBlock[] }
  /** `compactNtp` is the middle 32 bits of the NTP time at which it was sent. */
  | { readonly kind: 'sender-report'; readonly ssrc: number; readonly compactNtp: number }
  | { readonly kind: 'nack'; readonly mediaSsrc: number; readonly sequences: readonly number[] }
  | { readonly kind: 'pli'; readonly mediaSsrc: number }
  | { readonly kind: 'fir'; readonly mediaSsrc: number; readonly commandNumber: number }
  | { readonly kind: 'remb'; readonly bitrateBps: number }
  | TransportFeedback
  | { readonly kind: 'bye'; readonly ssrc: number };

/** RFC 3550 section 6.4.1; a sender report carries the same blocks. */
export interface ReportBlock {
  readonly ssrc: number;
  /** 0 to 1. */
  readonly fractionLost: number;
  readonly totalLost: number;
  /** In units of the track's clock. */
  readonly jitter: number;
  /** Middle 32 bits of the NTP time of the last sender report; 0 for none. */
  readonly lastReport: number;
  /** In units of 1/65536 s. */
  readonly delaySinceLastReport: number;
}

const SENDER_REPORT = 200;
const RECEIVER_REPORT = 201;
const BYE = 203;
const TRANSPORT_LAYER_FEEDBACK = 205;
const PAYLOAD_FEEDBACK = 206;

/** Reads the compound packet in [at, end). What is unknown or malformed is left out; never throws. */
export function parseRtcp(bytes: Uint8Array, at: number, end: number): RtcpMessage[] {
  const messages: RtcpMessage[] = [];
  for (let next = at; next + 4 <= end; ) {
    if (bytes[next]! >> 6 !== 2) break;
    const packetEnd = next + 4 + u16(bytes, next + 2) * 4;
    if (packetEnd > end) break;
    const padding = (bytes[next]! & 0x20) !== 0 ? bytes[packetEnd - 1]! : 0;
    if (next + 4 + padding <= packetEnd) parsePacket(bytes, next, packetEnd - padding, messages);
    next = packetEnd;
  }
  return messages;
}

function parsePacket(bytes: Uint8Array, at: number, end: number, messages: RtcpMessage[]): void {
  const count = bytes[at]! & 0x1f;
  if (end - at < 8) return;
  const ssrc = u32(bytes, at + 4);
  switch (bytes[at + 1]) {
    case SENDER_REPORT:
      if (end - at >= 28) messages.push({ kind: 'sender-report', ssrc, compactNtp: u32(bytes, at + 10) });
      messages.push({ kind: 'receiver-report', ssrc, blocks: parseBlocks(bytes, at + 28, end, count) });
      return;
    case RECEIVER_REPORT:
      messages.push({ kind: 'receiver-report', ssrc, blocks: parseBlocks(bytes, at + 8, end, count) });
      return;
    case BYE:
      if (count > 0) messages.push({ kind: 'bye', ssrc });
      return;
    case TRANSPORT_LAYER_FEEDBACK:
      parseTransportLayer(bytes, at, end, count, messages);
      return;
    case PAYLOAD_FEEDBACK:
      parsePayloadFeedback(bytes, at, end, count, messages);
      return;
  }
}

function parseBlocks(bytes: Uint8Array, at: number, end: number, count: number): ReportBlock[] {
  const blocks: ReportBlock[] = [];
  for (let next = at; blocks.length < count && next + 24 <= end; next += 24) {
    const loss = u32(bytes, next + 4);
    blocks.push({
      ssrc: u32(bytes, next),
      fractionLost: (loss >>> 24) / 256,
      totalLost: (loss << 8) >> 8,
      jitter: u32(bytes, next + 12),
      lastReport: u32(bytes, next + 16),
      delaySinceLastReport: u32(bytes, next + 20),
    });
  }
  return blocks;
}

function parseTransportLayer(bytes: Uint8Array, at: number, end: number, format: number, messages: RtcpMessage[]): void {
  if (format === 1 && end - at >= 16) {
    messages.push({ kind: 'nack', mediaSsrc: u32(bytes, at + 8), sequences: parseNack(bytes, at + 12, end) });
  }
  if (format === 15) {
    const feedback = parseTransportFeedback(bytes, at, end);
    if (feedback) messages.push(feedback);
  }
}

/** RFC 4585 section 6.2.1: a sequence number and a mask of the 16 that follow it. */
function parseNack(bytes: Uint8Array, at: number, end: number): number[] {
  const sequences: number[] = [];
  for (let next = at; next + 4 <= end; next += 4) {
    const first = u16(bytes, next);
    sequences.push(first);
    for (let mask = u16(bytes, next + 2), i = 1; mask !== 0; mask >>= 1, i++) {
      if ((mask & 1) !== 0) sequences.push((first + i) & 0xffff);
    }
  }
  return sequences;
}

function parsePayloadFeedback(bytes: Uint8Array, at: number, end: number, format: number, messages: RtcpMessage[]): void {
  if (end - at < 12) return;
  if (format === 1) messages.push({ kind: 'pli', mediaSsrc: u32(bytes, at + 8) });
  if (format === 4) {
    for (let next = at + 12; next + 8 <= end; next += 8) {
      messages.push({ kind: 'fir', mediaSsrc: u32(bytes, next), commandNumber: bytes[next + 4]! });
    }
  }
  // REMB: the four letters, the number of sources, 6 bits of exponent and 18 of mantissa.
  if (format === 15 && end - at >= 20 && u32(bytes, at + 12) === 0x52454d42) {
    const word = u32(bytes, at + 16) & 0xff_ffff;
    messages.push({ kind: 'remb', bitrateBps: (word & 0x3_ffff) * 2 ** (word >>> 18) });
  }
}

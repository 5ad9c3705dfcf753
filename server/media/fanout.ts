/**
 * The hot path: everything that is done once per packet and viewer, and nothing else. A packet of the stream's ring becomes
 * a header in the outlet's slot, and its payload is encrypted from the ring to behind that header. Nothing here is allocated
 * per packet. Who comes first: audio, then what was asked for again, then video as fast as pacer and budget let it.
 */
import { put16 } from './bytes.js';
import type { EgressBudget } from './egress-budget.js';
import type { PeerStats } from './media-engine.js';
import type { Outlet } from './outlet.js';
import type { Pacer } from './pacer.js';
import type { RetransmissionBudget } from './retransmission-budget.js';
import type { SendLog } from './send-log.js';
import type { Turn } from './send-scheduler.js';
import type { SrtpTransform } from './srtp.js';
import { DEADLINE_MS, type Track } from './track.js';

/** The viewer whose turn it is. */
export interface ServedViewer {
  readonly outlet: Outlet | undefined;
  readonly tracks: readonly Track[];
  readonly transform: SrtpTransform;
  readonly pacer: Pacer;
  readonly budget: RetransmissionBudget;
  /** Undefined while no budget is set. */
  readonly egress: EgressBudget | undefined;
  readonly sendLog: SendLog;
  /** 0 until it was measured. */
  readonly rttMs: number;
  readonly stats: Writable<PeerStats>;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** One viewer's turn: sends at most about `packets` datagrams. */
export function sendTurn(viewer: ServedViewer, nowMs: number, packets: number, sent: { packets: number }): Turn {
  for (const track of viewer.tracks) skipLate(track, nowMs);
  const outlet = viewer.outlet;
  if (outlet === undefined) return 'idle';
  const limit = sent.packets + packets;
  for (const track of viewer.tracks) {
    if (track.kind !== 'audio') continue;
    const turn = sendMedia(viewer, track, outlet, nowMs, Number.POSITIVE_INFINITY, limit, sent);
    if (turn !== 'idle') return turn;
  }
  for (const track of viewer.tracks) {
    const turn = track.resends.length > 0 ? sendAgain(viewer, track, outlet, nowMs, sent) : 'idle';
    if (turn !== 'idle') return turn;
  }
  for (const track of viewer.tracks) {
    if (track.kind !== 'video' || !track.sending) continue;
    const ring = track.source!.ring;
    if (track.cursor >= ring.head) continue;
    const since = Math.max(track.startedAtMs, ring.arrivedAtMs(track.cursor));
    const allowance = viewer.pacer.allowance(nowMs, ring.bytesFrom(track.cursor), since);
    const turn = sendMedia(viewer, track, outlet, nowMs, allowance, limit, sent);
    if (turn !== 'idle') return turn;
  }
  return 'idle';
}

/** Drops what has waited too long, at a frame's beginning only; what the ring has lost meanwhile cannot be kept. */
function skipLate(track: Track, nowMs: number): void {
  if (!track.sending) return;
  const ring = track.source!.ring;
  if (track.cursor >= ring.head) return;
  const late = nowMs - Math.max(track.startedAtMs, ring.arrivedAtMs(track.cursor)) > DEADLINE_MS;
  if (track.cursor < ring.oldest || (late && ring.startsFrame(track.cursor))) track.skip(nowMs);
}

function sendMedia(
  viewer: ServedViewer,
  track: Track,
  outlet: Outlet,
  nowMs: number,
  allowance: number,
  limit: number,
  sent: { packets: number },
): Turn {
  if (!track.sending) return 'idle';
  const ring = track.source!.ring;
  const bytes = outlet.arena.bytes;
  const template = track.template;
  const transform = viewer.transform;
  const egress = viewer.egress;
  const around = template.length + transform.rtpOverhead;
  let left = allowance;
  let room = egress === undefined || track.kind === 'audio' ? Number.POSITIVE_INFINITY : egress.roomBytes(nowMs);
  track.heldBack = false;
  while (track.cursor < ring.head) {
    if (left <= 0) return 'paced';
    if (sent.packets >= limit) return 'more';
    const payload = ring.payloadLength(track.cursor);
    if (around + payload > room) {
      track.heldBack = true;
      return 'paced';
    }
    const slot = outlet.reserve();
    if (slot < 0) return 'blocked';
    const cursor = track.cursor++;
    if (track.epoch !== ring.epoch) track.begin(ring, cursor);
    // Where packets were left out on purpose, the numbers that the source gave them are not missing.
    const index = track.numbers.take(track.lastSent === cursor - 1 ? ring.lostBefore(cursor) : 0);
    track.lastSent = cursor;
    track.lastFrame = ring.frame(cursor);
    const timestamp = track.numbers.timestamp(ring.timestamp(cursor));
    track.numbers.noteSent(timestamp, ring.arrivedAtMs(cursor));
    const transportSequence = template.hasTransportCc ? viewer.sendLog.take() : 0;
    template.write(bytes, slot, ring.marker(cursor), index, timestamp, transportSequence, nowMs);
    const length = transform.sealRtp(
      outlet.arena,
      slot,
      template.length,
      ring.arena,
      ring.payloadAt(cursor),
      payload,
      track.ssrc,
      index,
    );
    outlet.commit(length);
    track.history.record(index, ring.epoch, cursor, timestamp, transportSequence, template.playoutDelay, nowMs);
    if (template.hasTransportCc) viewer.sendLog.record(transportSequence, nowMs, length);
    viewer.pacer.spend(length);
    viewer.budget.earn(length);
    viewer.stats.packetsSent++;
    viewer.stats.bytesSent += length;
    track.stats.packetsSent++;
    track.stats.bytesSent += payload;
    if (ring.startsKeyframe(cursor)) track.stats.keyframesSent++;
    egress?.spend(nowMs, length);
    left -= length;
    room -= length;
    sent.packets++;
  }
  return 'idle';
}

/** Answers what was asked for again, as far as the budgets go; what does not fit into the egress budget yet is kept. */
function sendAgain(viewer: ServedViewer, track: Track, outlet: Outlet, nowMs: number, sent: { packets: number }): Turn {
  const history = track.history;
  for (let i = 0; i < track.resends.length; i++) {
    const index = track.resends[i]!;
    const row = history.resendable(index, nowMs, viewer.rttMs);
    const ring = row < 0 ? undefined : track.ringOf(history.epoch[row]!);
    if (ring === undefined || history.streamIndex[row]! < ring.oldest) continue;
    const payload = ring.payloadLength(history.streamIndex[row]!);
    if (viewer.egress !== undefined && track.repairBytes(payload, viewer.transform) > viewer.egress.roomBytes(nowMs)) {
      track.resends = track.resends.slice(i);
      track.heldBack = true;
      return 'paced';
    }
    if (!viewer.budget.take(payload + track.template.length)) break;
    const slot = outlet.reserve();
    if (slot < 0) {
      track.resends = track.resends.slice(i);
      return 'blocked';
    }
    const length = track.rtxTemplate
      ? writeRtx(viewer, track, outlet, slot, row, index, nowMs)
      : writeSame(viewer, track, outlet, slot, row, index, nowMs);
    outlet.commit(length);
    history.noteResent(row, nowMs);
    viewer.pacer.spend(length);
    viewer.egress?.spend(nowMs, length);
    viewer.stats.packetsSent++;
    viewer.stats.bytesSent += length;
    track.stats.resent++;
    track.stats.resentBytes += length;
    sent.packets++;
  }
  track.resends.length = 0;
  return 'idle';
}

/**
 * The very bytes sealed before: made again from the same header, payload, key and index, so no number is ever used for two
 * contents, and no viewer needs a copy of what it was sent.
 */
function writeSame(
  viewer: ServedViewer,
  track: Track,
  outlet: Outlet,
  slot: number,
  row: number,
  index: number,
  nowMs: number,
): number {
  const history = track.history;
  const ring = track.ringOf(history.epoch[row]!)!;
  const streamIndex = history.streamIndex[row]!;
  const transportSequence = history.transportSequence[row]!;
  const template = track.template;
  template.write(
    outlet.arena.bytes,
    slot,
    ring.marker(streamIndex),
    index,
    history.timestamp[row]!,
    transportSequence,
    history.sentAtMs[row]!,
    history.playoutDelay[row]!,
  );
  const at = ring.payloadAt(streamIndex);
  const length = viewer.transform.sealRtp(
    outlet.arena,
    slot,
    template.length,
    ring.arena,
    at,
    ring.payloadLength(streamIndex),
    track.ssrc,
    index,
  );
  if (template.hasTransportCc) viewer.sendLog.record(transportSequence, nowMs, length);
  return length;
}

/** RFC 4588 section 4: numbers of its own, and the original sequence number before the payload. */
function writeRtx(
  viewer: ServedViewer,
  track: Track,
  outlet: Outlet,
  slot: number,
  row: number,
  index: number,
  nowMs: number,
): number {
  const history = track.history;
  const ring = track.ringOf(history.epoch[row]!)!;
  const streamIndex = history.streamIndex[row]!;
  const template = track.rtxTemplate!;
  const rtxIndex = track.rtxIndex++;
  const transportSequence = template.hasTransportCc ? viewer.sendLog.take() : 0;
  const bytes = outlet.arena.bytes;
  template.write(bytes, slot, ring.marker(streamIndex), rtxIndex, history.timestamp[row]!, transportSequence, nowMs);
  const payloadAt = slot + template.length;
  const from = ring.payloadAt(streamIndex);
  const payload = ring.payloadLength(streamIndex);
  put16(bytes, payloadAt, index & 0xffff);
  bytes.set(ring.arena.bytes.subarray(from, from + payload), payloadAt + 2);
  const length = viewer.transform.sealRtp(
    outlet.arena,
    slot,
    template.length,
    outlet.arena,
    payloadAt,
    payload + 2,
    track.rtxSsrc,
    rtxIndex,
  );
  if (template.hasTransportCc) viewer.sendLog.record(transportSequence, nowMs, length);
  return length;
}

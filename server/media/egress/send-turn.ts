/**
 * The hot path: everything that is done once per packet and viewer, and nothing else. A packet of the stream's ring becomes
 * a header in the outlet's slot, and its payload is encrypted from the ring to behind that header. Nothing here is allocated
 * per packet. Who comes first: audio, then what was asked for again, then video as fast as pacer and budget let it.
 */
import type { Outlet } from '../paths/outlet.js';
import { sendAgain } from './repair.js';
import type { Turn } from './send-scheduler.js';
import type { ServedViewer } from './served-viewer.js';
import { DEADLINE_MS, type Track } from './track.js';

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
    if (ring.startsKeyframe(cursor)) {
      track.stats.keyframesSent++;
      track.need.keyframeLeft(nowMs);
    }
    egress?.spend(nowMs, length);
    left -= length;
    room -= length;
    sent.packets++;
  }
  return 'idle';
}

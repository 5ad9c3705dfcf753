import type { Outlet } from '../paths/outlet.js';
import type { PacketRing } from '../rtp/packet-ring.js';
import type { Turn } from './send-scheduler.js';
import { noteLeft, type ServedViewer } from './served-viewer.js';
import type { Track } from './track.js';

/** Answers what was asked for again, as far as the budgets go; what does not fit into the egress budget yet is kept. */
export function sendAgain(viewer: ServedViewer, track: Track, outlet: Outlet, nowMs: number, sent: { packets: number }): Turn {
  const history = track.history;
  for (let i = 0; i < track.resends.length; i++) {
    const index = track.resends[i]!;
    const row = history.resendable(index, nowMs, viewer.rttMs);
    const ring = track.ringHolding(row);
    if (ring === undefined) continue;
    const payload = ring.payloadLength(history.streamIndex[row]!);
    const price = track.rtx?.lengthOf(payload, viewer) ?? track.template.length + payload + viewer.transform.rtpOverhead;
    if (viewer.egress !== undefined && price > viewer.egress.roomBytes(nowMs)) {
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
    const length = track.rtx
      ? track.rtx.writeAgain(viewer, outlet, slot, ring, track.history, row, nowMs)
      : writeSame(viewer, track, outlet, slot, ring, row, index, nowMs);
    outlet.commit(length);
    history.noteResent(row, nowMs);
    noteLeft(viewer, length, nowMs);
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
  ring: PacketRing,
  row: number,
  index: number,
  nowMs: number,
): number {
  const history = track.history;
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

import type { Outlet } from '../paths/outlet.js';
import type { RtxStream } from './rtx-stream.js';
import { noteLeft, type ServedViewer } from './served-viewer.js';
import type { Track } from './track.js';

/** How far back padding reaches for packets: what is older is of no use to the viewer. */
const RECENT_PACKETS = 64;

/**
 * Sends padding of `bytes` as retransmissions of a track, whatever the budgets say: a prober has reasons to go beyond them. It is
 * made of packets sent lately, newest first, so that what the viewer lost of them is repaired by the way; where none fits, of
 * packets that hold nothing. Returns how many bytes left, fewer than asked for when the path takes no more.
 */
export function sendPadding(
  viewer: ServedViewer,
  track: Track,
  rtx: RtxStream,
  outlet: Outlet,
  bytes: number,
  nowMs: number,
): number {
  let sent = 0;
  for (let back = 0; sent < bytes; back++) {
    const slot = outlet.reserve();
    if (slot < 0) break;
    const { history } = track;
    const row = history.rowOf(history.newest - (back % RECENT_PACKETS));
    const ring = track.ringHolding(row);
    const left = bytes - sent;
    const fits = ring !== undefined && rtx.lengthOf(ring.payloadLength(history.streamIndex[row]!), viewer) <= left;
    const length = fits
      ? rtx.writeAgain(viewer, outlet, slot, ring, history, row, nowMs)
      : rtx.writeEmpty(viewer, outlet, slot, left, track.newestTimestamp, nowMs);
    outlet.commit(length);
    noteLeft(viewer, length, nowMs);
    track.stats.paddingBytes += length;
    sent += length;
  }
  return sent;
}

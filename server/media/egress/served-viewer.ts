import type { PeerStats } from '../media-engine.js';
import type { Outlet } from '../paths/outlet.js';
import type { SrtpTransform } from '../srtp/srtp.js';
import type { EgressBudget } from './egress-budget.js';
import type { Pacer } from './pacer.js';
import type { RetransmissionBudget } from './retransmission-budget.js';
import type { SendLog } from './send-log.js';
import type { Track } from './track.js';

/** A viewer, as far as sending to it goes. */
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

/** A datagram left that was no media sent for the first time; that has its own lines, on the fast path. */
export function noteLeft(viewer: ServedViewer, bytes: number, nowMs: number): void {
  viewer.pacer.spend(bytes);
  viewer.egress?.spend(nowMs, bytes);
  viewer.stats.packetsSent++;
  viewer.stats.bytesSent += bytes;
}

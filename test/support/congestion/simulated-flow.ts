import { CongestionController } from '../../../server/media/congestion/congestion-controller.js';
import type { Probe } from '../../../server/media/congestion/probe-results.js';
import type { LinkDirection } from '../net/link/link-direction.js';

/** A packet on the simulated link; feedback says what of `flow` has arrived. */
export interface SimulatedPacket {
  readonly length: number;
  readonly flow: object;
  readonly sequence: number;
  readonly sentAtMs: number;
  readonly feedback?: readonly Arrival[];
}

interface Arrival {
  readonly sequence: number;
  /** NaN where the packet did not arrive. */
  readonly atMs: number;
}

interface Sent {
  readonly atMs: number;
  readonly bytes: number;
  readonly probe: number;
}

export interface FlowOptions {
  readonly startBps?: number;
  readonly minBps?: number;
  /** The most that the encoder makes; the encoder follows the estimate below it. */
  readonly topBps: number;
  /** Feedback is sent so often. */
  readonly feedbackMs?: number;
}

const PACKET_BYTES = 1_200;
const FRAME_MS = 1_000 / 30;
const PACING = 2.5;
/** Feedback of transport-wide numbers is about so large. */
const FEEDBACK_BYTES = 80;
/** What the encoder leaves of the estimate for repair. */
const MEDIA_SHARE = 0.95;

/** One viewer's media over a simulated link: an encoder that follows the estimate, a pacer, probes, a receiver that reports. */
export class SimulatedFlow {
  readonly controller: CongestionController;
  /** While false the source makes nothing. */
  active = true;
  readonly delays: { readonly atMs: number; readonly delayMs: number }[] = [];
  deliveredBytes = 0;
  readonly #options: FlowOptions;
  readonly #sent: Sent[] = [];
  readonly #waiting: number[] = [];
  #nextFrameMs = 0;
  #creditBytes = 0;
  #filledAtMs = 0;
  #probes: { probe: Probe; left: number; startedMs: number }[] = [];
  readonly #arrived: Arrival[] = [];
  #reported = 0;
  #reportAtMs = 0;

  constructor(
    private readonly out: LinkDirection<SimulatedPacket>,
    private readonly back: LinkDirection<SimulatedPacket>,
    options: FlowOptions,
    nowMs: number,
  ) {
    this.#options = options;
    const { startBps = 1_000_000, minBps = 50_000, topBps } = options;
    this.controller = new CongestionController({ startBps, minBps, maxBps: 50_000_000 }, nowMs);
    this.controller.setUseful(topBps);
    this.#nextFrameMs = nowMs;
    this.#filledAtMs = nowMs;
  }

  /** The sender's side of one moment. */
  send(nowMs: number): void {
    this.controller.tick(nowMs);
    this.#encode(nowMs);
    for (const probe of this.controller.takeProbes(nowMs)) this.#probes.push({ probe, left: probe.bytes, startedMs: Number.NaN });
    this.#pace(nowMs);
    this.#probe(nowMs);
  }

  /** A packet of this flow reached the receiver. */
  receive({ sequence, sentAtMs, length }: SimulatedPacket, nowMs: number): void {
    this.#arrived.push({ sequence, atMs: Math.round(nowMs * 4) / 4 });
    this.delays.push({ atMs: nowMs, delayMs: nowMs - sentAtMs });
    this.deliveredBytes += length;
  }

  /** The receiver's side of one moment. */
  report(nowMs: number): void {
    if (nowMs < this.#reportAtMs) return;
    this.#reportAtMs = nowMs + (this.#options.feedbackMs ?? 50);
    if (this.#arrived.length === 0) return;
    const until = Math.max(...this.#arrived.map(({ sequence }) => sequence)) + 1;
    const at = new Map(this.#arrived.map(({ sequence, atMs }) => [sequence, atMs]));
    const first = Math.min(this.#reported, ...at.keys());
    const feedback = Array.from({ length: Math.max(0, until - first) }, (_, i) => ({
      sequence: first + i,
      atMs: at.get(first + i) ?? Number.NaN,
    })).filter(({ sequence, atMs }) => sequence >= this.#reported || !Number.isNaN(atMs));
    this.#arrived.length = 0;
    this.#reported = Math.max(this.#reported, until);
    this.back.push({ length: FEEDBACK_BYTES, flow: this, sequence: -1, sentAtMs: nowMs, feedback }, nowMs);
  }

  /** A report reached the sender. */
  hear({ feedback = [] }: SimulatedPacket, nowMs: number): void {
    const rows = feedback.map(({ sequence, atMs }) => ({ ...this.#sent[sequence]!, arrivedMs: atMs }));
    const newest = rows.findLast(({ arrivedMs }) => !Number.isNaN(arrivedMs));
    if (newest !== undefined) this.controller.roundTripMs = Math.max(1, nowMs - newest.atMs);
    this.controller.feedback(
      {
        count: rows.length,
        sentAtMs: Float64Array.from(rows, ({ atMs }) => atMs),
        receivedAtMs: Float64Array.from(rows, ({ arrivedMs }) => arrivedMs),
        bytes: Uint16Array.from(rows, ({ bytes }) => bytes),
        probe: Uint32Array.from(rows, ({ probe }) => probe),
      },
      nowMs,
    );
  }

  #encode(nowMs: number): void {
    while (this.#nextFrameMs <= nowMs) {
      this.#nextFrameMs += FRAME_MS;
      if (!this.active) continue;
      const rateBps = Math.min(this.controller.estimateBps * MEDIA_SHARE, this.#options.topBps);
      let bytes = (rateBps * FRAME_MS) / 8_000;
      // What waits for longer than a frame's deadline would be dropped: the encoder leaves frames out.
      if (this.#waiting.reduce((sum, each) => sum + each, 0) > (rateBps / 8) * 0.2) continue;
      for (; bytes > 0; bytes -= PACKET_BYTES) this.#waiting.push(Math.ceil(Math.min(PACKET_BYTES, bytes)));
    }
  }

  #pace(nowMs: number): void {
    const bytesPerMs = (PACING * this.controller.estimateBps) / 8_000;
    this.#creditBytes = Math.min(2 * PACKET_BYTES, this.#creditBytes + (nowMs - this.#filledAtMs) * bytesPerMs);
    this.#filledAtMs = nowMs;
    while (this.#waiting.length > 0 && this.#creditBytes > 0) {
      const bytes = this.#waiting.shift()!;
      this.#creditBytes -= bytes;
      this.#put(bytes, this.#probes[0]?.probe.id ?? 0, nowMs);
    }
  }

  #probe(nowMs: number): void {
    const current = this.#probes[0];
    if (current === undefined) return;
    if (Number.isNaN(current.startedMs)) current.startedMs = nowMs;
    const due = (current.probe.bitrateBps / 8_000) * (nowMs - current.startedMs + 1);
    while (current.left > 0 && current.probe.bytes - current.left < due) {
      const bytes = Math.min(current.left, Math.max(250, Math.min(PACKET_BYTES, current.probe.bytes / 6)));
      current.left -= bytes;
      this.#put(Math.ceil(bytes), current.probe.id, nowMs);
    }
    if (current.left <= 0) this.#probes = this.#probes.slice(1);
  }

  #put(bytes: number, probe: number, nowMs: number): void {
    const sequence = this.#sent.push({ atMs: nowMs, bytes, probe }) - 1;
    this.controller.noteSent(bytes, nowMs);
    this.out.push({ length: bytes, flow: this, sequence, sentAtMs: nowMs }, nowMs);
  }
}

/** Runs flows over both directions in steps of a millisecond; `each` is called at every step. */
export function simulate(
  flows: readonly SimulatedFlow[],
  out: LinkDirection<SimulatedPacket>,
  back: LinkDirection<SimulatedPacket>,
  fromMs: number,
  untilMs: number,
  each: (nowMs: number) => void = () => undefined,
): void {
  for (let nowMs = fromMs; nowMs < untilMs; nowMs++) {
    each(nowMs);
    for (const packet of out.take(nowMs)) flows.find((flow) => flow === packet.flow)?.receive(packet, nowMs);
    for (const packet of back.take(nowMs)) flows.find((flow) => flow === packet.flow)?.hear(packet, nowMs);
    for (const flow of flows) {
      flow.send(nowMs);
      flow.report(nowMs);
    }
  }
}

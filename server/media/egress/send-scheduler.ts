import type { Clock } from '../../lib/clock.js';
import type { Dispose } from '../../lib/dispose.js';
import type { Departures } from '../paths/departures.js';
import { PACE_INTERVAL_MS } from './pacer.js';

/** What a viewer's turn ended with. */
export type Turn = 'idle' | 'paced' | 'blocked' | 'more';

/** Someone who has something to send. */
export interface Sendable {
  /** Set by the scheduler while it is in the line. */
  queued: boolean;
  /** Sends at most about `packets` datagrams and adds what it sent to `sent`. Once closed, a viewer is idle. */
  takeTurn(nowMs: number, packets: number, sent: { packets: number }): Turn;
  /** Its turn threw: it must end, so that the others go on. */
  failed(error: unknown): void;
}

/** After this long other events get their turn: input, sound, a viewer's feedback. */
const RUN_MS = 2;
/** One viewer's share of a run (0.3 ms, 1.3 on the plain path), so that a keyframe to one does not hold up the others' small frames. */
const PACKETS_PER_TURN = 64;
/** A full socket buffer of 200 kB drains within this at 1 Gbit/s. There is no event for it, so it is asked. */
const BLOCKED_INTERVAL_MS = 2;

function turnOf(viewer: Sendable, nowMs: number, sent: { packets: number }): Turn {
  try {
    return viewer.takeTurn(nowMs, PACKETS_PER_TURN, sent);
  } catch (error) {
    viewer.failed(error);
    return 'idle';
  }
}

/** Gives viewers with something to send their turns: at once while there is room, later by pace or when a socket was full. */
export class SendScheduler {
  readonly #clock: Clock;
  readonly #departures: Departures;
  #line: Sendable[] = [];
  #wake: { readonly atMs: number; readonly release: Dispose } | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #running = false;
  #closed = false;

  constructor(clock: Clock, departures: Departures) {
    this.#clock = clock;
    this.#departures = departures;
  }

  /** The viewer may have something to send; `run` looks. */
  add(viewer: Sendable): void {
    if (viewer.queued) return;
    viewer.queued = true;
    this.#line.push(viewer);
  }

  /** Sends what may leave now. */
  run(): void {
    // A stream may answer a keyframe request with packets at once: they are seen by the run that goes on.
    if (this.#closed || this.#running || this.#immediate !== undefined) return;
    this.#running = true;
    let delayMs: number;
    try {
      delayMs = this.#takeTurns();
    } finally {
      this.#running = false;
    }
    // What waits for a full path is tried again, whether or not its viewer has more to send.
    if (this.#departures.flush()) delayMs = Math.min(delayMs, BLOCKED_INTERVAL_MS);
    if (delayMs === 0) this.#immediate = setImmediate(() => this.#resume());
    else if (delayMs !== Number.POSITIVE_INFINITY) this.#wakeAfter(delayMs);
  }

  /** Returns after how many ms to go on: 0 as soon as others had their turn, Infinity when everything was sent. */
  #takeTurns(): number {
    const sent = { packets: 0 };
    let delayMs = Number.POSITIVE_INFINITY;
    const waiting: Sendable[] = [];
    let nowMs = this.#clock.nowMs();
    const endMs = nowMs + RUN_MS;
    let at = 0;
    for (; at < this.#line.length && nowMs < endMs; at++, nowMs = this.#clock.nowMs()) {
      const viewer = this.#line[at]!;
      const turn = turnOf(viewer, nowMs, sent);
      if (turn === 'idle') viewer.queued = false;
      // Who has more to send goes to the end of the line, behind everyone who had no turn yet.
      else if (turn === 'more') this.#line.push(viewer);
      else {
        waiting.push(viewer);
        delayMs = Math.min(delayMs, turn === 'paced' ? PACE_INTERVAL_MS : BLOCKED_INTERVAL_MS);
      }
    }
    const unfinished = at < this.#line.length;
    this.#line = unfinished ? this.#line.slice(at).concat(waiting) : waiting;
    return unfinished ? 0 : delayMs;
  }

  #resume(): void {
    this.#immediate = undefined;
    this.#departures.retry();
    this.run();
  }

  #wakeAfter(delayMs: number): void {
    const atMs = this.#clock.nowMs() + delayMs;
    if (this.#wake !== undefined && this.#wake.atMs <= atMs) return;
    this.#wake?.release();
    const release = this.#clock.after(delayMs, () => {
      this.#wake = undefined;
      this.#departures.retry();
      this.run();
    });
    this.#wake = { atMs, release };
  }

  /** Idempotent. */
  close(): void {
    this.#closed = true;
    this.#wake?.release();
    this.#wake = undefined;
    if (this.#immediate !== undefined) clearImmediate(this.#immediate);
    this.#immediate = undefined;
  }
}

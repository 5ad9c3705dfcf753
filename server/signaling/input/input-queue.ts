import type { Clock } from '../../lib/clock.js';
import type { Dispose } from '../../lib/dispose.js';
import type { InputPort } from '../ports.js';
import { type InputJob, WaitingInput } from './waiting-input.js';

/** After this cost the X server is asked for a reply that shows it got there; a plain key costs one. */
const ASKED_AFTER_COST = 16;
/** With implicit hosting control changes often: this much input of a former host is still carried out, in turns. */
const KEPT_JOBS = 8;

export interface InputQueueOptions {
  readonly input: Pick<InputPort, 'releaseAll' | 'synced'>;
  readonly clock: Clock;
  carryOut(source: string, job: InputJob): void;
  /** Called when a session's waiting input was dropped because there was too much. */
  dropped(source: string): void;
}

/**
 * The one way to the desktop for input of all sessions and all fronts. While the X server keeps up, input is carried out at
 * once; once it is behind, waiting input is bounded, shared fairly, and dropped when control passes on.
 */
export class InputQueue {
  readonly #options: InputQueueOptions;
  readonly #waiting: WaitingInput;
  #unasked = 0;
  #lastSource: string | null = null;
  #releaseWait: Dispose | null = null;

  constructor(options: InputQueueOptions) {
    this.#options = options;
    this.#waiting = new WaitingInput(options.clock.nowMs());
  }

  add(source: string, job: InputJob): void {
    if (!this.#waiting.add(source, job)) {
      this.#options.dropped(source);
      // The dropped input may have held the release of a key.
      this.#options.input.releaseAll();
    }
    this.#run();
  }

  /** Control passed on: drops waiting input of the former host, and lets go of held keys. */
  hostChanged(implicitHosting: boolean): void {
    this.#waiting.giveUp(implicitHosting ? KEPT_JOBS : 0);
    this.#options.input.releaseAll();
  }

  close(): void {
    this.#releaseWait?.();
    this.#waiting.giveUp(0);
  }

  #run() {
    const { clock } = this.#options;
    for (let next = this.#waiting.take(clock.nowMs()); next.kind !== 'none'; next = this.#waiting.take(clock.nowMs())) {
      if (next.kind === 'wait') return this.#runAfter(next.waitMs);
      if (next.kind === 'busy') return this.#ask();
      this.#carryOut(next.source, next.job);
      this.#unasked += next.cost;
      if (this.#unasked >= ASKED_AFTER_COST) this.#ask();
    }
  }

  #carryOut(source: string, job: InputJob): void {
    if (this.#lastSource !== null && this.#lastSource !== source) this.#options.input.releaseAll();
    this.#lastSource = source;
    this.#options.carryOut(source, job);
  }

  #ask(): void {
    const cost = this.#unasked;
    if (cost === 0) return;
    this.#unasked = 0;
    const done = () => {
      this.#waiting.worked(cost);
      this.#run();
    };
    this.#options.input.synced().then(done, done);
  }

  #runAfter(waitMs: number): void {
    if (this.#releaseWait !== null) return;
    this.#releaseWait = this.#options.clock.after(waitMs, () => {
      this.#releaseWait = null;
      this.#run();
    });
  }
}

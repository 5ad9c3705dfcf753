import type { Clock } from '../../lib/clock.js';
import type { Dispose } from '../../lib/dispose.js';
import { err, ok, type Result } from '../../lib/result.js';
import type { Setting } from '../job.js';
import { ImageDeframer } from './image-deframer.js';
import { qualitySettings, SCREENSHOT_ID } from './screenshot-job.js';

/** What screenshots need of whoever runs their job. */
export interface ScreenshotEngine {
  start(id: string): void;
  stop(id: string): void;
  set(id: string, settings: readonly Setting[]): void;
  picture(id: string): void;
}

interface Request {
  readonly quality: number;
  answer(outcome: Result<Buffer>): void;
}

/** Whoever waits longer gets an error: the screen, the worker or the pipeline hangs. */
export const SCREENSHOT_LIMIT_MS = 4_000;
/** The job stays for a moment, since who looks once often looks again. */
export const SCREENSHOT_IDLE_MS = 5_000;
/** However many ask in however many qualities: the encoder works so often at most. */
export const SCREENSHOT_INTERVAL_MS = 100;

/**
 * JPEGs of the screen on request, from one encoder that runs while somebody asks. A picture is taken after whoever gets it has
 * asked; all who wait for the same quality get the same one.
 */
export class Screenshots {
  readonly #engine: ScreenshotEngine;
  readonly #clock: Clock;
  #deframer = new ImageDeframer();
  readonly #waiting = new Set<Request>();
  /** Whose picture is on its way. */
  #served: ReadonlySet<Request> | undefined;
  #wanted = false;
  #running = false;
  #nextMs = Number.NEGATIVE_INFINITY;
  #timer: Dispose = () => undefined;

  constructor(engine: ScreenshotEngine, clock: Clock) {
    this.#engine = engine;
    this.#clock = clock;
  }

  /** A JPEG of the whole screen in a quality of 1 to 100, without the pointer; the error says why there is none. */
  take(quality: number): Promise<Result<Buffer>> {
    return new Promise((resolve) => {
      const release = this.#clock.after(SCREENSHOT_LIMIT_MS, () => this.#expired(request));
      const request: Request = {
        quality,
        answer: (outcome) => {
          release();
          this.#waiting.delete(request);
          resolve(outcome);
        },
      };
      this.#waiting.add(request);
      this.#begin();
      this.#serve();
    });
  }

  /** The pipes of a run are open; nothing of an earlier one comes any more. */
  startOrdered(): void {
    this.#deframer = new ImageDeframer();
    this.#running = false;
    this.#served = undefined;
  }

  started(): void {
    this.#running = true;
    this.#serve();
  }

  failed(reason: string): void {
    this.#end();
    for (const request of [...this.#waiting]) request.answer(err(reason));
  }

  read(data: Buffer): void {
    for (const image of this.#deframer.read(data)) {
      const served = this.#served ?? [];
      this.#served = undefined;
      for (const request of served) request.answer(ok(image));
    }
    this.#serve();
  }

  #begin(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#engine.start(SCREENSHOT_ID);
  }

  #end(): void {
    this.#timer();
    this.#wanted = false;
    this.#running = false;
    this.#served = undefined;
    this.#engine.stop(SCREENSHOT_ID);
  }

  #serve(): void {
    this.#timer();
    if (!this.#running || this.#served !== undefined) return;
    const [first] = this.#waiting;
    if (first === undefined) {
      this.#timer = this.#clock.after(SCREENSHOT_IDLE_MS, () => this.#end());
      return;
    }
    const nowMs = this.#clock.nowMs();
    if (nowMs < this.#nextMs) {
      this.#timer = this.#clock.after(Math.ceil(this.#nextMs - nowMs), () => this.#serve());
      return;
    }
    this.#nextMs = nowMs + SCREENSHOT_INTERVAL_MS;
    this.#served = new Set([...this.#waiting].filter(({ quality }) => quality === first.quality));
    this.#engine.set(SCREENSHOT_ID, qualitySettings(first.quality));
    this.#engine.picture(SCREENSHOT_ID);
  }

  #expired(request: Request): void {
    const hangs = !this.#running || this.#served?.has(request) === true;
    request.answer(err(`no picture of the screen within ${SCREENSHOT_LIMIT_MS} ms`));
    if (!hangs) return;
    // Another encoder may do better; who waits still gets the rest of his time for it.
    this.#end();
    if (this.#waiting.size > 0) this.#begin();
  }
}

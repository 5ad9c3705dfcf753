import type { Clock } from '../../../lib/clock.js';
import type { Dispose } from '../../../lib/dispose.js';
import { KeyframeRequests } from '../outputs/keyframe-requests.js';
import { type GrabPacer, newGrabPacer, type PacerInput, stepGrabPacer } from './grab-pacer.js';
import type { PictureFeed, PictureFeedOptions } from './picture-feed.js';
import { PictureTimes } from './picture-times.js';

export interface PacedPicturesOptions extends PictureFeedOptions {
  readonly framesPerSecond: number;
  readonly lifts: boolean;
  readonly clock: Clock;
  /** Makes the next frame a keyframe. */
  forceKeyframe(): void;
}

/** The first of so many pictures must have come out of the encoder. */
const SURELY_DUE = 2;

/** Feeds one encoder with pictures of the screen as its pacer says, and asks it for keyframes as its gate says. */
export class PacedPictures implements PictureFeed {
  readonly #options: PacedPicturesOptions;
  readonly #times: PictureTimes;
  readonly #keyframes: KeyframeRequests;
  #pacer: GrabPacer;
  #pacerTimer: Dispose | undefined;
  #closed = false;
  #pushedAt = 0;
  #pushes = 0;

  constructor(options: PacedPicturesOptions) {
    this.#options = options;
    this.#times = new PictureTimes(options.baseNs, options.framesPerSecond);
    this.#pacer = newGrabPacer(options.framesPerSecond, options.lifts);
    this.#keyframes = new KeyframeRequests(options.clock, () => {
      options.forceKeyframe();
      // On a still screen nothing else would bring the frame that becomes the keyframe.
      this.pace({ kind: 'frame-wanted' });
    });
  }

  /** False while an element still reads the picture, which must not be overwritten then. */
  get reads(): boolean {
    return !this.#closed && !this.#options.pipeline.pipeline.released();
  }

  pace(input: PacerInput): void {
    if (this.#closed) return;
    const { clock } = this.#options;
    const nowMs = clock.nowMs();
    const [next, effects] = stepGrabPacer(this.#pacer, input, nowMs);
    this.#pacer = next;
    this.#pacerTimer?.();
    for (const effect of effects) {
      if (effect.kind === 'grab') this.#options.fetchPicture();
      else this.#pacerTimer = clock.after(Math.max(0, effect.atMs - nowMs), () => this.pace({ kind: 'tick' }));
    }
  }

  /** Several pictures were put in since something came out last; one may be dropped without a word. */
  get due(): boolean {
    return this.#pushes >= SURELY_DUE;
  }

  requestKeyframe(): void {
    this.#keyframes.input({ kind: 'requested' });
  }

  requestPicture(): void {
    this.pace({ kind: 'frame-wanted' });
  }

  push(): void {
    if (this.#closed) return;
    const { image, pipeline, element } = this.#options;
    this.#pushes = pipeline.outputs === this.#pushedAt ? this.#pushes + 1 : 1;
    this.#pushedAt = pipeline.outputs;
    const isFirst = this.#times.isFirst;
    const { ptsNs, durationNs } = this.#times.next();
    pipeline.pipeline.push(element, image.address, image.bytes, ptsNs, durationNs);
    if (isFirst) this.#keyframes.input({ kind: 'first-frame' });
  }

  /** Stops feeding; the pipeline is closed by who opened it. */
  close(): void {
    this.#closed = true;
    this.#pacerTimer?.();
    this.#keyframes.close();
  }
}

import type { Clock } from '../../lib/clock.js';
import type { Dispose } from '../../lib/dispose.js';
import { type GrabPacer, newGrabPacer, type PacerInput, stepGrabPacer } from '../grab-pacer.js';
import type { EncoderPipeline } from './encoder-pipeline.js';
import { KeyframeRequests } from './keyframe-requests.js';
import type { ScreenImage } from './screen-grabber.js';

export interface GrabStreamOptions {
  readonly pipeline: EncoderPipeline;
  readonly image: ScreenImage;
  readonly framesPerSecond: number;
  readonly lifts: boolean;
  /** Running time 0 on the monotonic clock. */
  readonly baseNs: bigint;
  readonly clock: Clock;
  /** Makes the next frame a keyframe. */
  forceKeyframe(): void;
  /** Wants the picture; `push` is called once it is up to date. */
  requestPicture(): void;
}

/** The first of so many pictures must have come out of the encoder. */
const SURELY_DUE = 2;
const NS_PER_SECOND = 1_000_000_000;
/** Times of frames must differ by a tick of the 90 kHz RTP clock. */
const SMALLEST_STEP_NS = 11_112n;

/** Feeds one encoder with pictures of the screen as its pacer says, and asks it for keyframes as its gate says. */
export class GrabStream {
  readonly #options: GrabStreamOptions;
  readonly #durationNs: bigint;
  readonly #keyframes: KeyframeRequests;
  #pacer: GrabPacer;
  #pacerTimer: Dispose | undefined;
  #lastPtsNs: bigint | undefined;
  #closed = false;
  #pushedAt = 0;
  #pushes = 0;

  constructor(options: GrabStreamOptions) {
    this.#options = options;
    this.#pacer = newGrabPacer(options.framesPerSecond, options.lifts);
    this.#keyframes = new KeyframeRequests(options.clock, () => {
      options.forceKeyframe();
      // On a still screen nothing else would bring the frame that becomes the keyframe.
      this.pace({ kind: 'frame-wanted' });
    });
    this.#durationNs = BigInt(Math.round(NS_PER_SECOND / options.framesPerSecond));
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
      if (effect.kind === 'grab') this.#options.requestPicture();
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

  /** Hands the picture, as it is now, to the encoder. */
  push(): void {
    if (this.#closed) return;
    const { image, pipeline, baseNs } = this.#options;
    const nowNs = process.hrtime.bigint() - baseNs;
    const earliestNs = this.#lastPtsNs === undefined ? nowNs : this.#lastPtsNs + SMALLEST_STEP_NS;
    const ptsNs = nowNs < earliestNs ? earliestNs : nowNs;
    this.#pushes = pipeline.outputs === this.#pushedAt ? this.#pushes + 1 : 1;
    this.#pushedAt = pipeline.outputs;
    pipeline.pipeline.push('source', image.address, image.bytes, ptsNs, this.#durationNs);
    if (this.#lastPtsNs === undefined) this.#keyframes.input({ kind: 'first-frame' });
    this.#lastPtsNs = ptsNs;
  }

  /** Stops feeding; the pipeline is closed by who opened it. */
  close(): void {
    this.#closed = true;
    this.#pacerTimer?.();
    this.#keyframes.close();
  }
}

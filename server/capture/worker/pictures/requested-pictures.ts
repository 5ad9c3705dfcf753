import type { PictureFeed, PictureFeedOptions } from './picture-feed.js';
import { PictureTimes } from './picture-times.js';

/** One picture a second at most is what its caps say; nothing depends on it. */
export const REQUESTED_FPS = 1;

/** Feeds a pipeline with one picture of the screen for each request, and costs nothing in between. */
export class RequestedPictures implements PictureFeed {
  /** Whoever asked waits for a bounded time and gives the job up. */
  readonly due = false;
  readonly #options: PictureFeedOptions;
  readonly #times: PictureTimes;
  #closed = false;

  constructor(options: PictureFeedOptions) {
    this.#options = options;
    this.#times = new PictureTimes(options.baseNs, REQUESTED_FPS);
  }

  get reads(): boolean {
    return !this.#closed && !this.#options.pipeline.pipeline.released();
  }

  pace(): void {}

  requestKeyframe(): void {}

  requestPicture(): void {
    if (!this.#closed) this.#options.fetchPicture();
  }

  push(): void {
    if (this.#closed) return;
    const { image, pipeline, element } = this.#options;
    const { ptsNs, durationNs } = this.#times.next();
    pipeline.pipeline.push(element, image.address, image.bytes, ptsNs, durationNs);
  }

  close(): void {
    this.#closed = true;
  }
}

import type { JobPipeline } from '../job-pipeline.js';
import type { PacerInput } from './grab-pacer.js';
import type { ScreenImage } from './screen-grabber.js';
import type { PictureReader } from './shared-screen.js';

export interface PictureFeedOptions {
  readonly pipeline: JobPipeline;
  /** The `appsrc` that takes the pictures. */
  readonly element: string;
  readonly image: ScreenImage;
  /** Running time 0 on the monotonic clock. */
  readonly baseNs: bigint;
  /** Wants the picture; `push` is called once it is up to date. */
  fetchPicture(): void;
}

/** Hands pictures of the screen to one pipeline; `push` is how it gets them, as they are at that moment. */
export interface PictureFeed extends PictureReader {
  /** Several pictures were put in since something came out last; one may be dropped without a word. */
  readonly due: boolean;
  pace(input: PacerInput): void;
  requestKeyframe(): void;
  requestPicture(): void;
  /** Stops feeding; the pipeline is closed by who opened it. */
  close(): void;
}

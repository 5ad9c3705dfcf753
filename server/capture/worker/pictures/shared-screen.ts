import { type BackoffPolicy, backoffMs } from '../../../lib/backoff.js';
import type { Clock } from '../../../lib/clock.js';
import type { Dispose } from '../../../lib/dispose.js';
import { ScreenGrabber, type ScreenImage } from './screen-grabber.js';

/** What reads the picture. */
export interface PictureReader {
  /** True while the picture must not be overwritten. */
  readonly reads: boolean;
  push(): void;
  pace(input: { readonly kind: 'damaged' }): void;
}

export interface SharedScreenEvents {
  /** A screen is there (again, or with a new size): readers of the old picture end before this resolves, new ones may start. */
  opened(image: ScreenImage): Promise<void>;
  lost(reason: string): void;
}

const RECONNECT: BackoffPolicy = { firstMs: 100, maxMs: 1_000 };
/** How soon to look again whether the converters have read the last picture; converting takes 1 to 3 ms. */
const READERS_POLL_MS = 1;
/** Who still holds the picture after this time keeps its last one on purpose (as `videorate` does) and is not waited for again. */
const READERS_PATIENCE_MS = 50;

/** The one picture of the screen that all grabbed streams share: reconnects, follows its size, fetches it once for all. */
export class SharedScreen {
  readonly readers = new Set<PictureReader>();
  readonly #display: string;
  readonly #events: SharedScreenEvents;
  readonly #clock: Clock;
  #grabber: ScreenGrabber | undefined;
  readonly #keepers = new WeakSet<PictureReader>();
  #waiting = new Set<PictureReader>();
  #fetching = false;
  #closed = false;
  #cancelRetry: Dispose = () => undefined;

  constructor(display: string, clock: Clock, events: SharedScreenEvents) {
    this.#display = display;
    this.#clock = clock;
    this.#events = events;
  }

  get image(): ScreenImage | undefined {
    return this.#grabber?.image;
  }

  /** Connects, trying until it works. */
  async open(attempt = 0): Promise<void> {
    const opened = await ScreenGrabber.open(this.#display, {
      damaged: () => {
        for (const reader of this.readers) reader.pace({ kind: 'damaged' });
      },
      resized: () => void this.open(),
      lost: (reason) => {
        this.#events.lost(reason);
        this.#retry(0);
      },
    });
    if (this.#closed) {
      if (opened.ok) opened.value.release();
      return;
    }
    if (!opened.ok) {
      if (attempt === 0) this.#events.lost(opened.error);
      this.#retry(attempt);
      return;
    }
    const old = this.#grabber;
    this.#grabber = opened.value;
    this.#waiting.clear();
    this.#fetching = false;
    await this.#events.opened(opened.value.image);
    old?.release();
  }

  /**
   * Brings the picture up to date for a reader, then pushes; requests that come together share one fetch. `confirmed` asks the X
   * server even where nothing has changed, so that nobody takes one that hangs for a still one.
   */
  request(reader: PictureReader, confirmed = false): void {
    if (confirmed) this.#grabber?.doubt();
    this.#waiting.add(reader);
    if (!this.#fetching) this.#fetch();
  }

  /** Ends it, once nobody reads the picture any more. */
  close(): void {
    this.#closed = true;
    this.#cancelRetry();
    this.#grabber?.release();
  }

  #retry(attempt: number): void {
    this.#cancelRetry = this.#clock.after(backoffMs(RECONNECT, attempt), () => void this.open(attempt + 1));
  }

  #fetch(patientUntilMs = this.#clock.nowMs() + READERS_PATIENCE_MS): void {
    const grabber = this.#grabber;
    if (grabber === undefined) return;
    this.#fetching = true;
    const reading = grabber.stale ? [...this.readers].filter((reader) => !this.#keepers.has(reader) && reader.reads) : [];
    if (reading.length > 0 && this.#clock.nowMs() < patientUntilMs) {
      this.#clock.after(READERS_POLL_MS, () => {
        if (this.#grabber === grabber) this.#fetch(patientUntilMs);
      });
      return;
    }
    for (const reader of reading) this.#keepers.add(reader);
    const served = this.#waiting;
    this.#waiting = new Set();
    grabber.fetch((succeeded) => {
      // A grabber that was replaced meanwhile has nothing to say any more.
      if (this.#grabber !== grabber) return;
      this.#fetching = false;
      if (succeeded) for (const reader of served) if (this.readers.has(reader)) reader.push();
      if (this.#waiting.size > 0) this.#fetch();
    });
  }
}

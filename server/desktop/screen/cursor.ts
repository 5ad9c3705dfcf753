import { createHash } from 'node:crypto';
import type { CursorPixels } from 'x11';
import type { Clock } from '../../lib/clock.js';
import type { Dispose } from '../../lib/dispose.js';
import { Emitter } from '../../lib/emitter.js';
import type { XConnection } from '../x-connection.js';
import { type CursorImage, cursorImage } from './cursor-image.js';

/** Shortest distance between two shapes: an animated cursor changes about 60 times a second. */
export const MIN_SHAPE_INTERVAL_MS = 100;
const CURSOR_NOTIFY = 1;
const DISPLAY_CURSOR = 1;
const CACHED_SHAPES = 64;

/** The shape and position of the pointer of one X server. */
export class Cursor {
  readonly #events = new Emitter<{ image: CursorImage }>();
  readonly #connection: XConnection;
  readonly #clock: Clock;
  readonly #release: Dispose;
  /** Encoded shapes by a hash of their content, least recently used first. */
  readonly #cache = new Map<string, CursorImage>();
  #image: CursorImage | undefined;
  #position = { x: 0, y: 0 };
  #lastReadMs = Number.NEGATIVE_INFINITY;
  #wait: 'none' | 'timer' | 'reply' | 'reply-outdated' = 'none';
  #cancelTimer: Dispose = () => undefined;

  private constructor(connection: XConnection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
    this.#release = connection.onEvent((event) => {
      if (event.type === connection.fixes.firstEvent + CURSOR_NOTIFY) this.#changed();
    });
    connection.fixes.SelectCursorInput(connection.root, DISPLAY_CURSOR);
  }

  /** Starts to follow the shape; the present one has been read when this resolves. */
  static async open(connection: XConnection, clock: Clock): Promise<Cursor> {
    const cursor = new Cursor(connection, clock);
    await cursor.#read();
    return cursor;
  }

  /** The present shape; 1x1 or smaller means hidden. */
  image(): CursorImage | undefined {
    return this.#image;
  }

  /** The pointer's position in screen pixels; the last known one when the X server does not answer. */
  async position(): Promise<{ x: number; y: number }> {
    const { x, root } = this.#connection;
    const pointer = await this.#connection.ask<{ rootX: number; rootY: number }>((reply) => x.QueryPointer(root, reply));
    if (pointer.ok) this.#position = { x: pointer.value.rootX, y: pointer.value.rootY };
    return this.#position;
  }

  /** Calls `listener` with each new shape, at most ten a second; the last one always comes. */
  onImage(listener: (image: CursorImage) => void): Dispose {
    return this.#events.on('image', listener);
  }

  close(): void {
    this.#release();
    this.#cancelTimer();
  }

  #changed(): void {
    if (this.#wait === 'reply') this.#wait = 'reply-outdated';
    if (this.#wait !== 'none') return;
    const dueMs = this.#lastReadMs + MIN_SHAPE_INTERVAL_MS - this.#clock.nowMs();
    if (dueMs <= 0) {
      void this.#read();
      return;
    }
    this.#wait = 'timer';
    this.#cancelTimer = this.#clock.after(dueMs, () => void this.#read());
  }

  async #read(): Promise<void> {
    this.#wait = 'reply';
    this.#lastReadMs = this.#clock.nowMs();
    const pixels = await this.#connection.ask<CursorPixels>((reply) => this.#connection.fixes.GetCursorImage(reply));
    const outdated = this.#isOutdated();
    this.#wait = 'none';
    if (pixels.ok) this.#show(this.#encoded(pixels.value));
    if (outdated) this.#changed();
  }

  #isOutdated(): boolean {
    return this.#wait === 'reply-outdated';
  }

  #show(image: CursorImage): void {
    if (image === this.#image) return;
    this.#image = image;
    this.#events.emit('image', image);
  }

  #encoded(pixels: CursorPixels): CursorImage {
    const { width, height, xhot, yhot } = pixels;
    const content = createHash('sha1').update(`${width} ${height} ${xhot} ${yhot} `).update(pixels.cursorImage).digest('base64');
    const image = this.#cache.get(content) ?? cursorImage(pixels);
    this.#cache.delete(content);
    this.#cache.set(content, image);
    for (const oldest of this.#cache.keys()) {
      if (this.#cache.size <= CACHED_SHAPES) break;
      this.#cache.delete(oldest);
    }
    return image;
  }
}

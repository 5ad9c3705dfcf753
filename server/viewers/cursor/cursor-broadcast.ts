import type { Clock } from '../../lib/clock.js';
import type { Dispose } from '../../lib/dispose.js';
import { encodeMessage } from '../encode-message.js';
import { type CursorPace, NEVER_MOVED, type PointerMove, stepPace } from './cursor-pace.js';
import { CursorStart, type ScreenPosition } from './cursor-start.js';

/** The desktop's cursor, as far as viewers are sent it. */
export interface CursorSource {
  image(): CursorShape | undefined;
  /** Where X has it; undefined for a session that holds the control, which knows better. */
  position(sessionId: string): Promise<ScreenPosition | undefined>;
  onImage(listener: (image: CursorShape) => void): Dispose;
}

export interface CursorShape {
  readonly width: number;
  readonly height: number;
  readonly hotspotX: number;
  readonly hotspotY: number;
  readonly png: Uint8Array;
}

/** One viewer's part in the broadcast. */
export interface CursorAudience {
  /** The viewer will soon be able to take messages: where the cursor is gets asked now. */
  prepare(): void;
  /** It takes messages now: it is sent the shape, then the position. */
  start(): void;
  /** Nothing more is sent. */
  leave(): void;
}

interface Watcher {
  readonly sessionId: string;
  readonly start: CursorStart;
  readonly send: (message: Buffer) => void;
}

/** Shows the desktop's cursor to all viewers: each shape and position is encoded once, however many they are (SPEC.md VW1-VW3). */
export class CursorBroadcast {
  readonly #watchers = new Set<Watcher>();
  readonly #releaseImages: Dispose;
  #shape: { readonly image: CursorShape; readonly message: Buffer } | undefined;
  #pace: CursorPace = NEVER_MOVED;
  #releaseTimer: Dispose | undefined;

  constructor(
    private readonly source: CursorSource,
    private readonly clock: Clock,
  ) {
    this.#releaseImages = source.onImage((image) => {
      const message = this.#shapeMessage(image);
      for (const { send } of this.#watchers) send(message);
    });
  }

  /** `send` drops what comes before the viewer can take it. */
  join(sessionId: string, send: (message: Buffer) => void): CursorAudience {
    const start = new CursorStart(() => this.source.position(sessionId));
    const watcher = { sessionId, start, send };
    this.#watchers.add(watcher);
    return {
      prepare: () => start.ask(),
      start: () => {
        const image = this.source.image();
        if (image !== undefined) send(this.#shapeMessage(image));
        start.open((position) => {
          if (this.#watchers.has(watcher)) send(positionMessage(position));
        });
      },
      leave: () => void this.#watchers.delete(watcher),
    };
  }

  /** The session `by` moved the pointer; the others are shown. */
  moved(move: PointerMove): void {
    this.#step(move);
  }

  close(): void {
    this.#releaseImages();
    this.#releaseTimer?.();
    this.#watchers.clear();
  }

  #step(move: PointerMove | undefined): void {
    const nowMs = this.clock.nowMs();
    const { pace, send, againAtMs } = stepPace(this.#pace, move, nowMs);
    this.#pace = pace;
    if (send !== undefined) this.#sendPosition(send);
    if (againAtMs === undefined || this.#releaseTimer !== undefined) return;
    this.#releaseTimer = this.clock.after(againAtMs - nowMs, () => {
      this.#releaseTimer = undefined;
      this.#step(undefined);
    });
  }

  #sendPosition(move: PointerMove): void {
    const message = positionMessage(move);
    for (const { sessionId, start, send } of this.#watchers) {
      if (sessionId === move.by) continue;
      start.moved();
      send(message);
    }
  }

  #shapeMessage(image: CursorShape): Buffer {
    if (this.#shape?.image !== image) this.#shape = { image, message: encodeMessage({ kind: 'cursor-image', ...image }) };
    return this.#shape.message;
  }
}

function positionMessage({ x, y }: ScreenPosition): Buffer {
  return encodeMessage({ kind: 'cursor-position', x, y });
}

/** Screen pixels. */
export interface ScreenPosition {
  readonly x: number;
  readonly y: number;
}

/**
 * The cursor position that a new viewer starts with (SPEC.md VW3). X is asked while the data channel is still being set up, so
 * that the answer is there when it opens. A move that happens meanwhile is asked for again, not lost: the channel could not carry it.
 */
export class CursorStart {
  #asked: Promise<ScreenPosition | undefined> | undefined;
  #opened = false;
  #movedSince = false;

  constructor(private readonly position: () => Promise<ScreenPosition | undefined>) {}

  ask(): void {
    this.#asked = this.position();
  }

  moved(): void {
    if (this.#opened) this.#movedSince = true;
    else this.#asked = undefined;
  }

  /** Calls `send` once X has answered; not for a viewer who holds the control, nor if it has been sent a newer position by then. */
  open(send: (position: ScreenPosition) => void): void {
    this.#opened = true;
    void (this.#asked ?? this.position()).then((position) => {
      if (position !== undefined && !this.#movedSince) send(position);
    });
  }
}

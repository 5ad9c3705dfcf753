import type { HasElement } from './default-encoders.js';
import { encodersIn } from './known-encoders.js';

/** An encoder may fail once for a reason of its surroundings, such as a screen that is just changing. */
const TRIALS = 2;

/**
 * Which hardware encoders are believed. One that is there may still fail, when its driver is broken or all its sessions are in
 * use; after that it counts as missing until the server starts again.
 */
export class HardwareTrust {
  readonly #distrusted = new Set<string>();
  /** Failures by stream since it last gave a picture. */
  readonly #failures = new Map<string, number>();

  /** What is there and believed. */
  believed(has: HasElement): HasElement {
    return (element) => !this.#distrusted.has(element) && has(element);
  }

  /** Whether a line speaks of an encoder that has lost its trust. */
  speaksOf(line: string): boolean {
    return [...this.#distrusted].some((element) => line.includes(element));
  }

  /** A stream gave data. */
  delivered(streamId: string): void {
    if (this.#failures.size > 0) this.#failures.delete(streamId);
  }

  /** A stream of this text failed; gives the encoder that is no longer believed because of that. */
  failed(streamId: string, text: string): string | undefined {
    const failures = (this.#failures.get(streamId) ?? 0) + 1;
    this.#failures.set(streamId, failures);
    return failures < TRIALS ? undefined : this.distrust(text);
  }

  /** No longer believes the hardware encoder of a text, and names it. */
  distrust(text: string): string | undefined {
    const encoder = encodersIn(text).find(({ hardware, element }) => hardware !== undefined && !this.#distrusted.has(element));
    if (encoder !== undefined) this.#distrusted.add(encoder.element);
    return encoder?.element;
  }
}

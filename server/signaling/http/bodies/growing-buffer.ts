const FIRST_BYTES = 4 * 1024;

/** Joins chunks by copying them, so that a body in single bytes costs no more than one in large chunks. */
export class GrowingBuffer {
  #bytes = Buffer.allocUnsafe(FIRST_BYTES);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(chunk: Uint8Array): void {
    const needed = this.#length + chunk.length;
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    this.#bytes.set(chunk, this.#length);
    this.#length = needed;
  }

  /** The UTF-8 text so far. */
  text(): string {
    return this.#bytes.toString('utf8', 0, this.#length);
  }
}

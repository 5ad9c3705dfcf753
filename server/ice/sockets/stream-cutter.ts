/** Cuts a byte stream into messages that begin with a header, which holds their length. Pure; the cost is proportional to the bytes. */
export class StreamCutter {
  readonly #headerLength: number;
  readonly #lengthOf: (header: Buffer) => number;
  /** The message under way, in its first `#length` bytes. */
  #pending: Buffer = Buffer.alloc(0);
  #length = 0;

  /** `lengthOf` gives the length of a message with its header. */
  constructor(headerLength: number, lengthOf: (header: Buffer) => number) {
    this.#headerLength = headerLength;
    this.#lengthOf = lengthOf;
  }

  /** Bytes of the message under way. */
  get pendingBytes(): number {
    return this.#length;
  }

  /** The length that the message under way announces, undefined as long as its header is not complete. */
  get announcedBytes(): number | undefined {
    return this.#length < this.#headerLength ? undefined : this.#lengthOf(this.#pending);
  }

  /** Adds bytes and returns the messages that they complete, headers included; they may be views into what came in. */
  push(chunk: Buffer): Buffer[] {
    const messages: Buffer[] = [];
    let at = this.#goOn(chunk, messages);
    while (at + this.#headerLength <= chunk.length) {
      const end = at + this.#lengthOf(chunk.subarray(at, at + this.#headerLength));
      if (end > chunk.length) break;
      messages.push(chunk.subarray(at, end));
      at = end;
    }
    if (at < chunk.length) this.#append(chunk.subarray(at));
    return messages;
  }

  /** Completes the message under way, if there is one; returns how many bytes it took. */
  #goOn(chunk: Buffer, messages: Buffer[]): number {
    let at = 0;
    while (this.#length > 0) {
      const needed = this.announcedBytes ?? this.#headerLength;
      const end = Math.min(chunk.length, at + needed - this.#length);
      this.#append(chunk.subarray(at, end));
      at = end;
      if (this.#length < needed) break;
      if (this.announcedBytes !== this.#length) continue;
      messages.push(this.#pending.subarray(0, this.#length));
      this.#pending = Buffer.alloc(0);
      this.#length = 0;
    }
    return at;
  }

  /** The room doubles, so that a stream in single bytes is not copied again with each of them. */
  #append(bytes: Buffer): void {
    const length = this.#length + bytes.length;
    if (length > this.#pending.length) {
      const larger = Buffer.allocUnsafe(Math.max(length, 2 * this.#pending.length));
      this.#pending.copy(larger, 0, 0, this.#length);
      this.#pending = larger;
    }
    bytes.copy(this.#pending, this.#length);
    this.#length = length;
  }
}

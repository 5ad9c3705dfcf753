/** Bytes that wait to be written, in order. */
export interface Backlog {
  /** Returns false, and keeps nothing, when there is no room. */
  add(bytes: Uint8Array): boolean;
  /** What is to be written next; undefined when nothing waits. */
  first(): Uint8Array | undefined;
  /** The first `count` bytes were written. */
  take(count: number): void;
}

/** Keeps at most `limitBytes`; a single piece larger than that is kept only while nothing else waits. */
export function backlog(limitBytes: number): Backlog {
  const pieces: Uint8Array[] = [];
  let waitingBytes = 0;
  return {
    add(bytes) {
      if (waitingBytes > 0 && waitingBytes + bytes.length > limitBytes) return false;
      pieces.push(bytes);
      waitingBytes += bytes.length;
      return true;
    },
    first: () => pieces[0],
    take(count) {
      const [piece] = pieces;
      if (piece === undefined) return;
      waitingBytes -= count;
      if (count >= piece.length) pieces.shift();
      else pieces[0] = piece.subarray(count);
    },
  };
}

// Follows a text file that another process appends to.
import { closeSync, openSync, readSync } from 'node:fs';

const POLL_MS = 100;
const CHUNK = 64 * 1024;

/**
 * Calls `onLine` for every new line of the file, which may be created later.
 * @param {string} path
 * @param {(line: string) => void} onLine
 */
export function follow(path, onLine) {
  const buffer = Buffer.alloc(CHUNK);
  /** @type {number | undefined} */
  let descriptor;
  let rest = Buffer.alloc(0);
  const read = () => {
    try {
      descriptor ??= openSync(path, 'r');
    } catch {
      return;
    }
    for (let count = readSync(descriptor, buffer); count > 0; count = readSync(descriptor, buffer)) {
      rest = Buffer.concat([rest, buffer.subarray(0, count)]);
      for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
        onLine(rest.toString('utf8', 0, end));
        rest = rest.subarray(end + 1);
      }
    }
  };
  const timer = setInterval(read, POLL_MS);
  return {
    /** Reads the rest and ends. */
    stop() {
      clearInterval(timer);
      read();
      if (descriptor !== undefined) closeSync(descriptor);
    },
  };
}

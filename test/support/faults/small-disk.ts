import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Mounting takes root. */
export const canMount = process.getuid?.() === 0 && mounts();

export interface SmallDisk {
  readonly path: string;
  /** Uses up what is left. */
  fill(): void;
  /** Gives back what `fill` took. */
  free(): void;
  remove(): void;
}

/** A disk of its own of `kilobytes`, to be filled without harm. */
export function smallDisk(kilobytes = 64): SmallDisk {
  const path = mkdtempSync(join(tmpdir(), 'small-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k,mode=755`, 'tmpfs', path]);
  const ballast = join(path, 'ballast');
  return {
    path,
    fill() {
      const file = openSync(ballast, 'a');
      try {
        for (;;) writeSync(file, Buffer.alloc(4096));
      } catch {
        // Full, as wanted.
      } finally {
        closeSync(file);
      }
    },
    free: () => rmSync(ballast, { force: true }),
    remove() {
      execFileSync('umount', [path]);
      rmSync(path, { recursive: true });
    },
  };
}

/** Mounts `source` over `target` by itself, as Docker does with a file; returns what unmounts it. */
export function bindMount(source: string, target: string): () => void {
  execFileSync('mount', ['--bind', source, target]);
  return () => execFileSync('umount', [target]);
}

function mounts(): boolean {
  try {
    smallDisk().remove();
    return true;
  } catch {
    return false;
  }
}

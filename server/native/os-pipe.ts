import koffi from 'koffi';

/** Both ends of a pipe, closed on exec. Who takes an end closes it. */
export interface OsPipe {
  readonly readFd: number;
  readonly writeFd: number;
}

const O_CLOEXEC = 0o2000000;

let pipe2: ((ends: number[], flags: number) => number) | undefined;

/** Opens a pipe between native code and this process's event loop; Node.js has no call for it. */
export function openPipe(): OsPipe {
  pipe2 ??= koffi.load(null).func('int pipe2(_Out_ int *ends, int flags)');
  const ends: number[] = [-1, -1];
  if (pipe2(ends, O_CLOEXEC) !== 0) throw new Error(`pipe2 failed with errno ${koffi.errno()}`);
  return { readFd: ends[0]!, writeFd: ends[1]! };
}

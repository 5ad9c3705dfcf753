import koffi from 'koffi';

/** Both ends of a pipe, closed on exec. The user of an end closes it. */
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

const AF_UNIX = 1;
const SOCK_STREAM_CLOEXEC = 1 | O_CLOEXEC;

let socketpair: ((domain: number, type: number, protocol: number, ends: number[]) => number) | undefined;

/** Opens two connected stream sockets, closed on exec, which can be passed to another process. The user of an end closes it. */
export function openSocketPair(): readonly [number, number] {
  socketpair ??= koffi.load(null).func('int socketpair(int domain, int type, int protocol, _Out_ int *ends)');
  const ends: number[] = [-1, -1];
  if (socketpair(AF_UNIX, SOCK_STREAM_CLOEXEC, 0, ends) !== 0) throw new Error(`socketpair failed with errno ${koffi.errno()}`);
  return [ends[0]!, ends[1]!];
}

const F_GETFL = 3;
const F_SETFL = 4;
const O_NONBLOCK = 0o4000;

/** Makes writes to a full pipe or socket fail at once instead of waiting, for all processes that share the descriptor. */
export function setNonBlocking(fd: number): void {
  const fcntl: (fd: number, command: number, type: string, argument: number) => number = koffi
    .load(null)
    .func('int fcntl(int fd, int command, ...)');
  fcntl(fd, F_SETFL, 'int', fcntl(fd, F_GETFL, 'int', 0) | O_NONBLOCK);
}

import koffi from 'koffi';
import { once } from '../lib/dispose.js';
import { err, ok, type Result } from '../lib/result.js';

/** A System V shared memory segment mapped into this process, as MIT-SHM wants it. */
export interface SharedSegment {
  readonly id: number;
  /** The native pointer to it. */
  readonly address: bigint;
  readonly bytes: number;
  /** Lets another user of this machine attach it too, such as the one the X server runs as; other users get no access. */
  allow(uid: number): Result<void>;
  /** Marks it for removal once every process has detached; call it right after the X server attached, so that no crash leaks it. */
  removeWhenUnused(): void;
  /** Unmaps it here; idempotent. */
  detach(): void;
}

const IPC_PRIVATE = 0;
const IPC_CREAT = 0o1000;
const IPC_RMID = 0;
const IPC_SET = 1;
const IPC_STAT = 2;
/** `struct shmid_ds` is smaller on every system; its second word is the owner (ipc_perm of shmctl(2)). */
const DESCRIPTION_BYTES = 256;
const OWNER_OFFSET = 4;
/** Only creator and owner: the segment holds what is on the screen. */
const MODE = 0o600;
const MAP_FAILED = 0xffff_ffff_ffff_ffffn;

interface Calls {
  readonly shmget: (key: number, bytes: number, flags: number) => number;
  readonly shmat: (id: number, address: null, flags: number) => bigint | null;
  readonly shmdt: (address: bigint) => number;
  readonly shmctl: (id: number, command: number, buffer: Buffer | null) => number;
}

let calls: Calls | undefined;

function libc(): Calls {
  if (calls === undefined) {
    const library = koffi.load(null);
    calls = {
      shmget: library.func('int shmget(int key, size_t size, int flags)'),
      shmat: library.func('void *shmat(int id, const void *address, int flags)'),
      shmdt: library.func('int shmdt(const void *address)'),
      shmctl: library.func('int shmctl(int id, int command, void *buffer)'),
    };
  }
  return calls;
}

/** Creates and maps a segment of `bytes`; the error names the call that failed. */
export function createSharedSegment(bytes: number): Result<SharedSegment> {
  const { shmget, shmat, shmdt, shmctl } = libc();
  const id = shmget(IPC_PRIVATE, bytes, IPC_CREAT | MODE);
  if (id < 0)
    return err(`no shared memory segment of ${bytes} bytes (errno ${koffi.errno()}); see kernel.shmmax and kernel.shmall`);
  const address = shmat(id, null, 0);
  const removeWhenUnused = once(() => void shmctl(id, IPC_RMID, null));
  if (address === null || address === MAP_FAILED) {
    const reason = koffi.errno();
    removeWhenUnused();
    return err(`shared memory segment cannot be mapped (errno ${reason})`);
  }
  return ok({
    id,
    address,
    bytes,
    allow(uid) {
      const description = Buffer.alloc(DESCRIPTION_BYTES);
      if (shmctl(id, IPC_STAT, description) !== 0) return err(`shared memory cannot be described (errno ${koffi.errno()})`);
      // The creator keeps access after the owner has changed.
      description.writeUInt32LE(uid, OWNER_OFFSET);
      return shmctl(id, IPC_SET, description) === 0
        ? ok(undefined)
        : err(`shared memory cannot be given (errno ${koffi.errno()})`);
    },
    removeWhenUnused,
    detach: once(() => {
      removeWhenUnused();
      shmdt(address);
    }),
  });
}

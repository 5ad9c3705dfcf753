import { Socket } from 'node:net';
import { err, ok, type Result } from '../../lib/result.js';
import { openSocketPair } from '../../native/os-pipe.js';
import { type Job, pipesOf } from '../job.js';

/** Takes the worker's end of a pipe. */
export interface PipeTaker {
  sendPipe(pipe: number, end: Socket): void;
}

/** The server's ends of the pipes of all jobs. Each run of a job has pipes of its own, so that nothing of an earlier one is read. */
export class JobPipes {
  readonly #ends = new Map<string, Map<string, Socket>>();
  #last = 0;

  /** Opens the pipes of a job and sends the worker its ends; gives their numbers by element, or what the system refused. */
  open(id: string, job: Job, taker: PipeTaker, data: (element: string, data: Buffer) => void): Result<Record<string, number>> {
    this.close(id);
    const ends = new Map<string, Socket>();
    this.#ends.set(id, ends);
    const numbers: Record<string, number> = {};
    for (const { element, toServer } of pipesOf(job)) {
      const pair = openPair(toServer);
      if (!pair.ok) {
        this.close(id);
        return pair;
      }
      const { own, workers } = pair.value;
      // A broken pipe is the end of the job or of the worker, which is reported.
      for (const end of [own, workers]) end.on('error', () => undefined);
      if (toServer) own.on('data', (chunk) => data(element, chunk));
      ends.set(element, own);
      this.#last += 1;
      numbers[element] = this.#last;
      taker.sendPipe(this.#last, workers);
    }
    return ok(numbers);
  }

  /** What the server writes into a job; undefined while it does not run. */
  input(id: string, element: string): Socket | undefined {
    return this.#ends.get(id)?.get(element);
  }

  /** Closes the pipes of a job; nothing more of it is heard. */
  close(id: string): void {
    for (const end of this.#ends.get(id)?.values() ?? []) {
      end.removeAllListeners('data');
      end.destroy();
    }
    this.#ends.delete(id);
  }

  closeAll(): void {
    for (const id of [...this.#ends.keys()]) this.close(id);
  }
}

function openPair(toServer: boolean): Result<{ readonly own: Socket; readonly workers: Socket }> {
  try {
    const [ownFd, workersFd] = openSocketPair();
    return ok({
      own: new Socket({ fd: ownFd, readable: toServer, writable: !toServer }),
      workers: new Socket({ fd: workersFd, readable: false, writable: true }),
    });
  } catch (error) {
    return err(`no pipe for it: ${error instanceof Error ? error.message : String(error)}`);
  }
}

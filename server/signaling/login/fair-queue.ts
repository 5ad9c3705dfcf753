interface Job {
  run(): Promise<void>;
  refuse(): void;
}

export interface FairQueueBounds {
  /** Jobs that run at the same time. */
  readonly atOnce: number;
  /** Jobs of one key that wait. */
  readonly ofKey: number;
  readonly inAll: number;
}

/**
 * Runs jobs one after the other for each key, and the keys in turn, so that a key with many jobs does not keep the others
 * waiting. Where it is full, the key with most waiting jobs loses its newest.
 */
export class FairQueue {
  readonly #lines = new Map<string, Job[]>();
  readonly #busy = new Set<string>();
  #waiting = 0;

  constructor(private readonly bounds: FairQueueBounds) {}

  /** Resolves or rejects as the job does; resolves with null when there is no room for it. */
  add<T>(key: string, job: () => Promise<T>): Promise<T | null> {
    if (!this.#hasRoom(key)) return Promise.resolve(null);
    return new Promise((resolve, reject) => {
      const line = this.#lines.get(key) ?? [];
      line.push({ run: () => job().then(resolve, reject), refuse: () => resolve(null) });
      this.#lines.set(key, line);
      this.#waiting += 1;
      this.#next();
    });
  }

  #hasRoom(key: string): boolean {
    const { ofKey, inAll } = this.bounds;
    const own = this.#lines.get(key)?.length ?? 0;
    if (own >= ofKey) return false;
    if (this.#waiting < inAll) return true;
    const [longest, line] = [...this.#lines].reduce((most, other) => (other[1].length > most[1].length ? other : most));
    if (line.length <= own + 1) return false;
    this.#take(longest, line, line.length - 1)?.refuse();
    return true;
  }

  #next(): void {
    for (const [key, line] of this.#lines) {
      if (this.#busy.size >= this.bounds.atOnce) return;
      if (this.#busy.has(key)) continue;
      const job = this.#take(key, line, 0);
      if (job === undefined) continue;
      this.#busy.add(key);
      void job.run().finally(() => {
        this.#busy.delete(key);
        this.#goBehind(key);
        this.#next();
      });
    }
  }

  /** A key that had its turn goes behind all others. */
  #goBehind(key: string): void {
    const line = this.#lines.get(key);
    if (line === undefined) return;
    this.#lines.delete(key);
    this.#lines.set(key, line);
  }

  /** Takes a job out of its line; an empty line is removed. */
  #take(key: string, line: Job[], index: number): Job | undefined {
    const [job] = line.splice(index, 1);
    if (job !== undefined) this.#waiting -= 1;
    if (line.length === 0) this.#lines.delete(key);
    return job;
  }
}

import { SOCKET_LIMITS } from '../limits.js';

/** Runs tasks one after the other. A task that needs no waiting runs at once, so that input costs no turn of the event loop. */
export class MessageLine {
  readonly #waiting: (() => void | Promise<void>)[] = [];
  #running = false;

  /** Returns false, and does not take the task, when too many wait. */
  add(task: () => void | Promise<void>): boolean {
    if (this.#waiting.length >= SOCKET_LIMITS.waiting.value) return false;
    this.#waiting.push(task);
    if (!this.#running) this.#run();
    return true;
  }

  /** Drops all waiting tasks. */
  clear(): void {
    this.#waiting.length = 0;
  }

  #run(): void {
    this.#running = true;
    for (let task = this.#waiting.shift(); task !== undefined; task = this.#waiting.shift()) {
      const pending = task();
      if (pending !== undefined) {
        void pending.then(() => this.#run());
        return;
      }
    }
    this.#running = false;
  }
}

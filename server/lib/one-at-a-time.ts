/**
 * Runs a task once at a time. All callers that come while it runs share the outcome of the next run: the run that began before
 * they called may be out of date.
 */
export class OneAtATime<Outcome> {
  #running: Promise<Outcome> | null = null;
  #next: Promise<Outcome> | null = null;

  constructor(private readonly task: () => Promise<Outcome>) {}

  run(): Promise<Outcome> {
    if (this.#running === null) return this.#start();
    this.#next ??= this.#running.then(
      () => this.#start(),
      () => this.#start(),
    );
    return this.#next;
  }

  #start(): Promise<Outcome> {
    this.#next = null;
    const running = this.task().finally(() => {
      if (this.#running === running) this.#running = null;
    });
    this.#running = running;
    return running;
  }
}

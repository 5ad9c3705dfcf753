/** Runs an action after all other waiting work of this process, and after `delayMs` at least. */
export type Defer = (action: () => void, delayMs: number) => void;

export interface TurnsOptions {
  readonly defer: Defer;
  nowMs(): number;
}

/** After so much work on requests in a row, the rest of the process gets as much time. */
const WORK_MS = 5;

interface Line {
  readonly waiting: Waiting[];
  busy: boolean;
}

interface Waiting {
  readonly network: string;
  begin(): void;
}

/**
 * Lets requests begin one by one, each in a turn of the event loop of its own, so that picture and input go first however many
 * requests there are. Networks take turns, and so do the connections of each; a connection has one request at a time.
 */
export class RequestTurns<Connection extends object> {
  readonly #lines = new WeakMap<Connection, Line>();
  /** Connections whose next request can begin, by network. */
  readonly #ready = new Map<string, Set<Line>>();
  #working = false;
  #workedMs = 0;

  constructor(private readonly options: TurnsOptions) {}

  /** `begin` is called in its turn; the next one of the connection waits until `over`. */
  add(connection: Connection, network: string, begin: () => void): void {
    const line = this.#lines.get(connection) ?? { waiting: [], busy: false };
    this.#lines.set(connection, line);
    line.waiting.push({ network, begin });
    if (!line.busy && line.waiting.length === 1) this.#getReady(line);
  }

  over(connection: Connection): void {
    const line = this.#lines.get(connection);
    if (line === undefined || !line.busy) return;
    line.busy = false;
    this.#getReady(line);
  }

  #getReady(line: Line): void {
    const [first] = line.waiting;
    if (first === undefined) return;
    const lines = this.#ready.get(first.network);
    if (lines === undefined) this.#ready.set(first.network, new Set([line]));
    else lines.add(line);
    if (this.#working) return;
    this.#working = true;
    this.#workedMs = 0;
    this.options.defer(() => this.#work(), 0);
  }

  #work(): void {
    const beganMs = this.options.nowMs();
    this.#next()?.begin();
    this.options.defer(() => {
      this.#workedMs += this.options.nowMs() - beganMs;
      if (this.#ready.size === 0) this.#working = false;
      else if (this.#workedMs < WORK_MS) this.#work();
      else this.#rest();
    }, 0);
  }

  #rest(): void {
    this.#workedMs = 0;
    this.options.defer(() => this.#work(), WORK_MS);
  }

  #next(): Waiting | undefined {
    for (const [network, lines] of this.#ready) {
      this.#ready.delete(network);
      for (const line of lines) {
        lines.delete(line);
        if (lines.size > 0) this.#ready.set(network, lines);
        line.busy = true;
        return line.waiting.shift();
      }
    }
    return undefined;
  }
}

export const deferred: Defer = (action, delayMs) => {
  if (delayMs === 0) setImmediate(action);
  else setTimeout(action, delayMs);
};

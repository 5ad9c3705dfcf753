import { type Dispose, once } from './dispose.js';

/** A typed event source; `Events` maps an event's name to its argument. */
export class Emitter<Events extends Record<string, unknown>> {
  readonly #listeners = new Map<keyof Events, Set<(argument: never) => void>>();

  /** Calls `listener` for every later `emit` until the returned release is called. */
  on<Name extends keyof Events>(name: Name, listener: (argument: Events[Name]) => void): Dispose {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    const entry = (argument: never) => listener(argument);
    listeners.add(entry);
    return once(() => listeners.delete(entry));
  }

  emit<Name extends keyof Events>(name: Name, argument: Events[Name]): void {
    const listeners = this.#listeners.get(name);
    if (listeners) for (const listener of [...listeners]) listener(argument as never);
  }
}

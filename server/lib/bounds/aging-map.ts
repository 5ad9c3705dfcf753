/** How many keys are remembered; beyond it the one that was used longest ago is forgotten. */
const MAX_KEYS = 10_000;
/** How many old keys are looked at when a new one comes, so that remembering never takes long. */
const LOOKED_AT = 2;

/** [P] A value for each key, made at its first use and forgotten once it equals a new one. */
export class AgingMap<Value> {
  readonly #values = new Map<string, Value>();

  constructor(
    private readonly make: (nowMs: number) => Value,
    private readonly isAsNew: (value: Value, nowMs: number) => boolean,
  ) {}

  get size(): number {
    return this.#values.size;
  }

  of(key: string, nowMs: number): Value {
    const known = this.#values.get(key);
    if (known === undefined) this.#forget(nowMs);
    const value = known ?? this.make(nowMs);
    // Put back at the end, so that the order is that of use.
    this.#values.delete(key);
    this.#values.set(key, value);
    return value;
  }

  #forget(nowMs: number): void {
    let looked = 0;
    for (const [key, value] of this.#values) {
      if (looked++ >= LOOKED_AT && this.#values.size < MAX_KEYS) return;
      if (this.isAsNew(value, nowMs) || this.#values.size >= MAX_KEYS) this.#values.delete(key);
    }
  }
}

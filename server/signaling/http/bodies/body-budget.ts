/** Bytes of request bodies that are in memory, in all and for each client. */
export interface BudgetLimits {
  readonly perClient: number;
  readonly inAll: number;
}

export type BudgetRefusal = 'client' | 'all';

/** Counts the bytes that bodies hold from their first one until their request is answered. Pure but for its own memory. */
export class BodyBudget {
  readonly #held = new Map<string, number>();
  #inAll = 0;

  constructor(private readonly limits: BudgetLimits) {}

  /** Counts `bytes` more of a client; or counts nothing and returns the limit that they would exceed. */
  take(client: string, bytes: number): BudgetRefusal | null {
    const held = this.#held.get(client) ?? 0;
    if (held + bytes > this.limits.perClient) return 'client';
    if (this.#inAll + bytes > this.limits.inAll) return 'all';
    this.#held.set(client, held + bytes);
    this.#inAll += bytes;
    return null;
  }

  giveBack(client: string, bytes: number): void {
    const left = (this.#held.get(client) ?? 0) - bytes;
    if (left > 0) this.#held.set(client, left);
    else this.#held.delete(client);
    this.#inAll -= bytes;
  }

  get clients(): number {
    return this.#held.size;
  }
}

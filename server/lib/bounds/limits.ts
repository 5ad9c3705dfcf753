/** A bound on what a client may send, and the consequence of exceeding it; each front keeps a table of them. */
export interface Limit {
  readonly value: number;
  readonly unit: LimitUnit;
  /** For a rate: the largest burst after a time of rest. */
  readonly burst?: number;
  /** What is counted, in words: it is a row of docs/limits.md. */
  readonly what: string;
  /** What happens to the sender beyond it. */
  readonly beyond: string;
}

export type LimitUnit = 'bytes' | 'bytes per second' | 'characters' | 'ms' | 'count' | 'per second' | 'per minute';

/** All bounds of one front, such as the HTTP API. */
export type LimitTable = Readonly<Record<string, Limit>>;

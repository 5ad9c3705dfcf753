/** A bound on what a client may send, and what comes of going beyond it; each front keeps a table of them. */
export interface Limit {
  readonly value: number;
  readonly unit: LimitUnit;
  /** Of a rate: how many at once, after a time of rest. */
  readonly burst?: number;
  /** What is counted, in words: it is a row of docs/limits.md. */
  readonly what: string;
  /** What happens to the sender beyond it. */
  readonly beyond: string;
}

export type LimitUnit = 'bytes' | 'bytes per second' | 'characters' | 'ms' | 'count' | 'per second' | 'per minute';

/** All bounds of one front, such as the HTTP API. */
export type LimitTable = Readonly<Record<string, Limit>>;

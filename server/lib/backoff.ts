/** Waits between tries that grow by doubling. */
export interface BackoffPolicy {
  readonly firstMs: number;
  readonly maxMs: number;
}

/** The wait in ms before try `attempt` (0 is the first retry). */
export function backoffMs(policy: BackoffPolicy, attempt: number): number {
  return Math.min(policy.maxMs, policy.firstMs * 2 ** Math.min(attempt, 30));
}

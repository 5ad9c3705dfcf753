type Truthy<T> = Exclude<T, false | 0 | '' | null | undefined>;

/** Resolves with the first truthy value of `probe`; rejects, naming what was waited for, after `deadlineMs` (20 s by default). */
export function waitFor<T>(what: string, probe: () => T | Promise<T>, deadlineMs?: number): Promise<Truthy<T>>;
/** The same where the probe's own text says well enough what is waited for. */
export function waitFor<T>(probe: () => T | Promise<T>, deadlineMs?: number): Promise<Truthy<T>>;

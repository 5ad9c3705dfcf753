/**
 * A value that a file gives without quotes: the value and its text as written. A setting that takes text uses the text (`007`,
 * `1.10`, `0x1F`), one that takes a number uses the number.
 */
export class Unquoted {
  readonly value: unknown;
  readonly written: string;

  constructor(value: unknown, written: string) {
    this.value = value;
    this.written = written;
  }

  toString(): string {
    return this.written;
  }

  toJSON(): unknown {
    return this.value;
  }
}

/** Whether this is the bare word `null` or `~`: absent for most settings, a word for one that takes any text. */
export function isBareNull(raw: unknown): boolean {
  return raw instanceof Unquoted && raw.value === null;
}

/** A tree with its unquoted values replaced by plain ones. */
export function plain(value: unknown): unknown {
  if (value instanceof Unquoted) return value.value;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
}

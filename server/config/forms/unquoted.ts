/**
 * A value that a file gives without quotes: what it stands for and the text that stands there. A setting that takes text wants
 * the text (`007`, `1.10`, `0x1F`), one that takes a number the number; which of them is known only where it is read.
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

/** Whether this is the bare word `null` or `~`: nothing to most settings, perhaps a word to one that takes any text. */
export function isBareNull(raw: unknown): boolean {
  return raw instanceof Unquoted && raw.value === null;
}

/** The plain values that a tree with unquoted ones stands for. */
export function plain(value: unknown): unknown {
  if (value instanceof Unquoted) return value.value;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
}

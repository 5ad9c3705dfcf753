/** The building blocks of the compiled readers. Each returns undefined for a value of another type, unless its comment differs. */
export type Fields = Readonly<Record<string, unknown>>;

/** A required part of the message is missing. */
export class Unreadable extends Error {}

export function asFields(value: unknown): Fields | undefined {
  return isFields(value) ? value : undefined;
}

export function asText(value: unknown, minLength = 0): string | undefined {
  return typeof value === 'string' && value.length >= minLength ? value : undefined;
}

export function asFlag(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

export function asWhole(value: unknown, min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER): number | undefined {
  return Number.isInteger(value) ? asAmount(value, min, max) : undefined;
}

export function asAmount(value: unknown, min = -Number.MAX_VALUE, max = Number.MAX_VALUE): number | undefined {
  return typeof value === 'number' && value >= min && value <= max ? value : undefined;
}

export function asWord<Word extends string>(value: unknown, words: readonly Word[]): Word | undefined {
  return words.find((word) => word === value);
}

/** Throws for undefined. */
export function needed<T>(value: T | undefined): T {
  if (value === undefined) throw new Unreadable();
  return value;
}

/** Reads an object; any other value counts as an empty one. */
export function object<T>(value: unknown, read: (fields: Fields) => T): T {
  return read(asFields(value) ?? {});
}

/** Reads an object; throws for any other value. */
export function neededObject<T>(value: unknown, read: (fields: Fields) => T): T {
  return read(needed(asFields(value)));
}

/** Reads an optional object. */
export function objectOrNull<T>(value: unknown, read: (fields: Fields) => T): T | null {
  const fields = asFields(value);
  return fields === undefined ? null : read(fields);
}

/** Reads a list; any other value counts as empty. Unreadable items are left out. Throws where fewer than `minItems` are left. */
export function list<T>(value: unknown, read: (item: unknown) => T, minItems = 0): T[] {
  const items = Array.isArray(value) ? value.flatMap((item: unknown) => attempt(() => [read(item)]) ?? []) : [];
  if (items.length < minItems) throw new Unreadable();
  return items;
}

/** A text in place of a list of texts counts as a list of one. */
export function oneOrMore(value: unknown): unknown {
  return typeof value === 'string' ? [value] : value;
}

/** Reads an object with any keys; throws for any other value. Unreadable values are left out. */
export function record<T>(value: unknown, read: (item: unknown) => T): Record<string, T> {
  const entries = Object.entries(needed(asFields(value)));
  return Object.fromEntries(entries.flatMap(([key, item]) => attempt((): [string, T][] => [[key, read(item)]]) ?? []));
}

/** The result of `read`, or undefined where it throws. */
export function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

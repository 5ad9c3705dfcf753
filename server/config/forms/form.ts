import type { Result } from '../../lib/result.js';
import { Unquoted } from './unquoted.js';

/**
 * How one kind of value is read, from the text of a flag or variable or from a native value of a file.
 * The error says what is wrong with this value; `allowed` describes right values, in every error and in the reference.
 */
export interface Form<T> {
  readonly allowed: string;
  /** A list in a flag may be repeated, and its values add up. */
  readonly repeatable?: true;
  /** A boolean flag needs no value. */
  readonly flagAlone?: true;
  /** Every word is a valid value, also `null`. */
  readonly anyText?: true;
  readonly read: (raw: unknown) => Result<T, string>;
  /** The value as it could be written into a variable; empty for off or absent. */
  readonly show: (value: T) => string;
}

/** True for a plain mapping as JSON, YAML and TOML give it. */
export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return !(value instanceof Date) && !(value instanceof Unquoted);
}

import { assertNever } from '../lib/assert-never.js';
import { Unquoted } from './forms/unquoted.js';

/** Where a value came from. */
export type Origin =
  | { readonly kind: 'default' }
  | { readonly kind: 'file'; readonly path: string; readonly name: string }
  | { readonly kind: 'env'; readonly name: string }
  | { readonly kind: 'flag'; readonly name: string };

/** A value as found in its source, before its form reads it. */
export interface Given {
  readonly raw: unknown;
  readonly origin: Origin;
}

/** One value, or a combination of values, that stops the start. */
export interface ConfigError {
  /** The YAML path, or the v2 name. */
  readonly key: string;
  /** One line for people: the value, its origin, the error, the allowed values. Never a secret. */
  readonly message: string;
}

/** The name of a value's origin in an error or a warning: `NEKO_X`, `--x`, `x in /etc/neko/neko.yaml`. */
export function describeOrigin(origin: Origin, path: string): string {
  switch (origin.kind) {
    case 'default':
      return path;
    case 'file':
      return `${origin.name} in ${origin.path}`;
    case 'env':
    case 'flag':
      return origin.name;
    default:
      return assertNever(origin);
  }
}

/** The error for a value that its form refused, without secrets. */
export function badValue(path: string, given: Given, reason: string, allowed: string, secret: boolean): ConfigError {
  const value = secret
    ? 'the value'
    : shorten(given.raw instanceof Unquoted ? String(given.raw) : (JSON.stringify(given.raw) ?? 'nothing'));
  return { key: path, message: `${describeOrigin(given.origin, path)}: ${value} is refused: ${reason}. Allowed: ${allowed}.` };
}

function shorten(value: string): string {
  return value.length > 200 ? `${value.slice(0, 200)}…` : value;
}

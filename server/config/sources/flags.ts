import { suggestion } from '../nearest.js';
import type { ConfigError } from '../origin.js';

/** The properties of a flag that the reader needs. */
export interface KnownFlag {
  readonly flagAlone: boolean;
  readonly repeatable: boolean;
}

export interface Flags {
  /** Raw values by long flag name, `--` included. A repeated list is an array. */
  readonly values: ReadonlyMap<string, unknown>;
  readonly errors: readonly ConfigError[];
}

const SHORT: Readonly<Record<string, string>> = { c: '--config', d: '--debug', l: '--logs' };

/**
 * Reads `--name=value`, `--name value`, boolean `--name`, and the shorthands `-c`, `-d`, `-l` (SPEC.md CF1).
 * The command itself is not among the arguments.
 */
export function readFlags(argv: readonly string[], known: ReadonlyMap<string, KnownFlag>): Flags {
  const values = new Map<string, unknown>();
  const errors: ConfigError[] = [];
  const rest = [...argv];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    const { name, value } = split(arg);
    const flag = known.get(name);
    if (flag === undefined) {
      errors.push({ key: name, message: unknownFlag(arg, name, known) });
      continue;
    }
    const raw = value ?? (flag.flagAlone ? 'true' : rest.shift());
    if (raw === undefined) errors.push({ key: name, message: `${name}: the value is missing.` });
    else if (flag.repeatable) values.set(name, [...listed(values.get(name)), ...raw.split(/[\s,]+/)]);
    else values.set(name, raw);
  }
  return { values, errors };
}

function split(arg: string): { readonly name: string; readonly value: string | undefined } {
  const short = /^-([a-z])=?(.*)$/s.exec(arg);
  const long = SHORT[short?.[1] ?? ''];
  if (short !== null && long !== undefined) return { name: long, value: short[2] === '' ? undefined : short[2] };
  const at = arg.indexOf('=');
  return at < 0 ? { name: arg, value: undefined } : { name: arg.slice(0, at), value: arg.slice(at + 1) };
}

function unknownFlag(arg: string, name: string, known: ReadonlyMap<string, KnownFlag>): string {
  return arg.startsWith('-')
    ? `${name}: unknown flag${suggestion(name, [...known.keys()])}.`
    : `${name}: unexpected argument; settings are written --name=value.`;
}

function listed(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

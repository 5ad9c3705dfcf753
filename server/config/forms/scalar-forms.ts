import { err, ok } from '../../lib/result.js';
import type { Form } from './form.js';
import { isBareNull, plain, Unquoted } from './unquoted.js';

const TRUE = new Set(['true', 't', '1', 'yes', 'on']);
const FALSE = new Set(['false', 'f', '0', 'no', 'off']);

export const boolean: Form<boolean> = {
  allowed: 'true/false, 1/0, yes/no, on/off',
  flagAlone: true,
  read: (raw) => {
    if (plain(raw) === true || plain(raw) === false) return ok(plain(raw) === true);
    const word = String(raw).trim().toLowerCase();
    if (TRUE.has(word)) return ok(true);
    return FALSE.has(word) ? ok(false) : err('not a boolean');
  },
  show: String,
};

export const text: Form<string> = {
  allowed: 'text',
  anyText: true,
  read: (raw) => {
    if (isBareNull(raw)) return err(`${String(raw)} without quotes is nothing; write it in quotes if it is a word`);
    if (raw instanceof Unquoted) return typeof raw.value === 'object' ? err('not text') : ok(raw.written);
    if (typeof raw === 'string') return ok(raw);
    if (raw instanceof Date) return err('a date without quotes');
    return typeof raw === 'number' || typeof raw === 'boolean' ? ok(String(raw)) : err('not text');
  },
  show: (value) => value,
};

/** Text without blanks around it that must match a pattern. */
export function pattern(expression: RegExp, allowed: string): Form<string> {
  return {
    allowed,
    read: (raw) => {
      const word = typeof raw === 'number' || raw instanceof Unquoted ? String(raw) : raw;
      return typeof word === 'string' && expression.test(word.trim()) ? ok(word.trim()) : err('wrong form');
    },
    show: (value) => value,
  };
}

const INTEGER = /^[+-]?(?:0x[0-9a-f_]+|0b[01_]+|0o?[0-7_]+|[1-9][0-9_]*|0)$/i;

/** Integer syntax of Go, leading-zero octal included, so that a value keeps its meaning. */
export function parseInteger(raw: unknown): number | undefined {
  if (raw instanceof Unquoted) return parseInteger(raw.written) ?? parseInteger(raw.value);
  if (typeof raw === 'number') return Number.isSafeInteger(raw) ? raw : undefined;
  if (typeof raw !== 'string' || !INTEGER.test(raw.trim())) return undefined;
  const digits = raw.trim().replaceAll('_', '').replace(/^[+-]/, '').toLowerCase();
  const magnitude = /^0[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
  if (!Number.isSafeInteger(magnitude)) return undefined;
  return raw.trim().startsWith('-') ? -magnitude : magnitude;
}

export function integer(min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER): Form<number> {
  const range =
    min === Number.MIN_SAFE_INTEGER ? '' : max === Number.MAX_SAFE_INTEGER ? ` of at least ${min}` : ` from ${min} to ${max}`;
  return {
    allowed: `a whole number${range}`,
    read: (raw) => {
      const value = parseInteger(raw);
      if (value === undefined) return err('not a whole number');
      return value < min || value > max ? err('out of range') : ok(value);
    },
    show: String,
  };
}

export const decimal: Form<number> = {
  allowed: 'a number',
  read: (raw) => {
    const value = typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : plain(raw);
    return typeof value === 'number' && Number.isFinite(value) ? ok(value) : err('not a number');
  },
  show: String,
};

/** A port where 0 and below mean off (null), as for the mux settings. */
export const portOrOff: Form<number | null> = {
  allowed: 'a port from 1 to 65535, or 0 for off',
  read: (raw) => {
    const value = parseInteger(raw);
    if (value === undefined) return err('not a whole number');
    if (value > 65_535) return err('no such port');
    return ok(value <= 0 ? null : value);
  },
  show: (value) => (value === null ? '' : String(value)),
};

const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};
const PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g;

/** A duration in milliseconds, out of text such as `24h` or `1m30s`. A bare number is refused: its unit is unknown. */
export function duration(minMs = 0): Form<number> {
  return {
    allowed: `a duration with a unit, such as 500ms, 30s, 1h30m${minMs > 0 ? `, at least ${minMs}ms` : ''}`,
    read: (raw) => {
      const word = String(raw).trim();
      if (/^[+-]?\d+(\.\d+)?$/.test(word) && Number(word) !== 0) return err('a duration needs a unit');
      const parts = [...word.matchAll(PART)];
      if (word !== '0' && (parts.length === 0 || parts.map((part) => part[0]).join('') !== word.replace(/^\+/, ''))) {
        return err('not a duration');
      }
      const ms = parts.reduce((sum, part) => sum + Number(part[1]) * (UNIT_MS[part[2] ?? ''] ?? 0), 0);
      return ms < minMs ? err('too short') : ok(ms);
    },
    show: showDuration,
  };
}

/** The largest units that show a duration exactly: `24h`, `1m30s`, `500ms`. */
function showDuration(ms: number): string {
  let rest = ms;
  let shown = '';
  for (const [unit, size] of [
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1_000],
  ] as const) {
    const count = Math.floor(rest / size);
    if (count > 0) shown += `${count}${unit}`;
    rest -= count * size;
  }
  return rest > 0 || shown === '' ? `${shown}${rest}ms` : shown;
}

/** One word of a list, in any case; `also` maps further spellings to words. */
export function oneOf<const T extends string>(words: readonly T[], also: Readonly<Record<string, T>> = {}): Form<T> {
  return {
    allowed: words.join(', '),
    read: (raw) => {
      const word = String(raw).trim().toLowerCase();
      const found = words.find((candidate) => candidate === word) ?? (Object.hasOwn(also, word) ? also[word] : undefined);
      return found === undefined ? err('unknown') : ok(found);
    },
    show: (value) => value,
  };
}

/** A list of values of one form: a real list, or text split at blanks and commas. Order is kept. */
export function listOf<T>(item: Form<T>): Form<readonly T[]> {
  return {
    allowed: `a list, separated by blanks or commas, of: ${item.allowed}`,
    repeatable: true,
    read: (raw) => {
      const items = Array.isArray(raw) ? raw : String(raw).split(/[\s,]+/);
      const values: T[] = [];
      for (const each of items) {
        if (typeof each === 'object' && !(each instanceof Unquoted)) return err('not a list of plain values');
        const word = typeof each === 'string' ? each.trim() : each;
        if (word === '') continue;
        const value = item.read(word);
        if (!value.ok) return err(`${String(word)}: ${value.error}`);
        values.push(value.value);
      }
      return ok(values);
    },
    show: (values) => values.map(item.show).join(' '),
  };
}

import { err, type Result } from '../../lib/result.js';
import { describeOrigin, type Given } from '../origin.js';
import type { Form } from './form.js';
import { text } from './scalar-forms.js';

interface Read<T> {
  readonly value: Result<T, string>;
  /** A warning about the text, for the log; without the value itself. */
  readonly warnings: readonly string[];
}

/**
 * Reads a value that may carry unintended characters: quotes that `docker-compose.yaml` passes on (`- NEKO_SCREEN="…"`),
 * or the line end of a file. Quotes are dropped where the value makes no sense with them; in free text they stay, with a
 * warning. One line end at the end of a secret's file is dropped; anywhere else it stays, with a warning.
 */
export function readOddText<T>(form: Form<T>, given: Given, path: string, secret: boolean): Read<T> {
  const { raw, origin } = given;
  if (typeof raw !== 'string' || origin.kind === 'default') return { value: form.read(raw), warnings: [] };
  const name = describeOrigin(origin, path);
  if (Object.is(form, text)) return readFreeText(form, given, name, secret);
  const value = form.read(raw);
  const inner = withoutQuotes(raw.trim());
  if (value.ok || inner === undefined) return { value, warnings: [] };
  const unquoted = form.read(inner);
  return unquoted.ok
    ? { value: unquoted, warnings: [`${name}: the value stands in quotes, which are left out. Write it without them.`] }
    : { value: err(`${unquoted.error} (and it stands in quotes)`), warnings: [] };
}

function readFreeText<T>(form: Form<T>, { raw, origin }: Given, name: string, secret: boolean): Read<T> {
  const written = String(raw);
  const fromFile = origin.kind === 'env' && origin.name.endsWith('_FILE');
  const kept = fromFile ? written.replace(/\r?\n$/, '') : written;
  const warnings = [
    ...(kept === written ? [] : [`${name}: the file ends in a line end, which is left out.`]),
    ...(secret && /[\r\n]$/.test(kept) ? [`${name}: the value ends in ${lineEnd(kept)}, which is part of it.`] : []),
    ...(withoutQuotes(kept.trim()) === undefined ? [] : [`${name}: the value stands in quotes, which are part of it.`]),
  ];
  return { value: form.read(kept), warnings };
}

function lineEnd(value: string): string {
  return value.endsWith('\r') ? 'a carriage return' : 'a newline';
}

/** The text between two equal quotes around all of it; undefined where there are none. */
function withoutQuotes(value: string): string | undefined {
  return /^(["'])([\s\S]*)\1$/.exec(value)?.[2];
}

import { err, ok, type Result } from '../result.js';

/**
 * Reads JSON that people edit by hand; a byte-order mark in front is no error. The error names line and column and never quotes
 * the text, which may hold passwords.
 */
export function parseJson(text: string): Result<unknown> {
  const json = text.startsWith('\uFEFF') ? text.slice(1) : text;
  try {
    const value: unknown = JSON.parse(json);
    return ok(value);
  } catch {
    const before = json.slice(0, faultOffset(json)).split('\n');
    return err(`not valid JSON: line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`);
  }
}

const TOKEN =
  /[ \t\r\n]*(?:([{}[\],:])|("(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.]))/y;
const BLANKS = /[ \t\r\n]*/y;

/** What may come next: a value, a value or the end of a list, a name, a name or the end of an object, a colon, what follows a value. */
type Expected = 'value' | 'first-value' | 'name' | 'first-name' | 'colon' | 'after-value';

/** Where `json`, which does not parse, ends to be JSON (RFC 8259): the offset of the first token that does not belong. */
function faultOffset(json: string): number {
  const open: string[] = [];
  let expected: Expected = 'value';
  let offset = 0;
  for (;;) {
    TOKEN.lastIndex = offset;
    const token = TOKEN.exec(json);
    BLANKS.lastIndex = offset;
    const start = offset + (BLANKS.exec(json)?.[0].length ?? 0);
    const next: Expected | undefined =
      token === null ? undefined : afterToken(expected, open, token[1] ?? (token[2] === undefined ? 'word' : 'text'));
    if (next === undefined) return start;
    expected = next;
    offset = TOKEN.lastIndex;
  }
}

/** What is expected after `token`; undefined where the token does not belong. `open` holds the brackets that are open. */
function afterToken(expected: Expected, open: string[], token: string): Expected | undefined {
  const inObject = open.at(-1) === '{';
  if (expected === 'colon') return token === ':' ? 'value' : undefined;
  if (token === 'text' && (expected === 'name' || expected === 'first-name')) return 'colon';
  const takesValue = expected === 'value' || expected === 'first-value';
  if (takesValue && (token === 'text' || token === 'word')) return 'after-value';
  if (takesValue && (token === '{' || token === '[')) {
    open.push(token);
    return token === '{' ? 'first-name' : 'first-value';
  }
  if (expected === 'after-value' && token === ',' && open.length > 0) return inObject ? 'name' : 'value';
  const ends = expected === 'after-value' || expected === (inObject ? 'first-name' : 'first-value');
  if (!ends || open.length === 0 || token !== (inObject ? '}' : ']')) return undefined;
  open.pop();
  return 'after-value';
}

import { parse as parseToml, TomlError } from 'smol-toml';
import { isNode, parseDocument, visit, type YAMLError } from 'yaml';
import { Unquoted } from './unquoted.js';

/** Starts the text that stands for a number while JSON and TOML are read; a control character cannot be typed into either. */
const MARK = '\\u0000';
const MARKED = '\u0000';

const NUMBER = /^[+-]?(?:\d[\d_]*(?:\.[\d_]+)?(?:e[+-]?[\d_]+)?|0x[\da-f_]+|0o[0-7_]+|0b[01_]+|inf|nan)$/i;
const JSON_TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const TOML_TOKEN =
  /#[^\n]*|"""(?:[^"\\]|\\[\s\S]|"(?!""))*"{3,5}|'''(?:[^']|'(?!''))*'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[[\]{}=,\n]|[^\s[\]{}=,#"']+/g;

/** JSON with its numbers as they are written; throws as `JSON.parse` does. */
export function parseJsonAsWritten(text: string): unknown {
  const found: unknown = JSON.parse(text);
  // Only numbers could be read in two ways.
  if (!/\d/.test(text)) return found;
  return unmarked(JSON.parse(text.replace(JSON_TOKEN, (token) => (token.startsWith('"') ? token : `"${MARK}${token}"`))));
}

/** TOML with its numbers as they are written; the error gives line and column. */
export function parseTomlAsWritten(text: string): unknown {
  try {
    parseToml(text, { integersAsBigInt: true });
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    throw new Error(`${error.message.split('\n')[0]?.replace(/:$/, '')} at line ${error.line}, column ${error.column}`);
  }
  return unmarked(parseToml(markTomlNumbers(text)));
}

/** Puts marked quotes around every number that is a value; keys, table names and quoted texts stay. */
function markTomlNumbers(text: string): string {
  const brackets: string[] = [];
  let before = '\n';
  let inTableName = false;
  return text.replace(TOML_TOKEN, (token) => {
    if (token.startsWith('#')) return token;
    const isValue = !inTableName && (before === '=' || brackets.at(-1) === '[');
    if (token === '\n' && brackets.length === 0) inTableName = false;
    if (token === '[' && before === '\n' && brackets.length === 0) inTableName = true;
    else if (!inTableName && (token === '[' || token === '{')) brackets.push(token);
    else if (!inTableName && (token === ']' || token === '}')) brackets.pop();
    before = token;
    return isValue && NUMBER.test(token) ? `"${MARK}${token}"` : token;
  });
}

function unmarked(value: unknown): unknown {
  if (typeof value === 'string' && value.startsWith(MARKED)) {
    const written = value.slice(MARKED.length);
    return new Unquoted(numberOf(written), written);
  }
  if (Array.isArray(value)) return value.map(unmarked);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, unmarked(inner)]));
}

function numberOf(written: string): number {
  const word = written.replaceAll('_', '').toLowerCase();
  if (/^[+-]?inf$/.test(word)) return word.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(word);
}

/** YAML 1.2 with unquoted scalars as they are written; the error gives line, column and kind, but nothing of the text. */
export function parseYamlAsWritten(text: string): unknown {
  const document = parseDocument(text, { prettyErrors: true });
  // A warning means that a value would be lost: `!word` is read as a tag without a value.
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem !== undefined) throw new Error(yamlProblem(problem));
  visit(document, {
    Alias(_position, alias) {
      if (alias.resolve(document) === undefined) throw new Error(`bad alias${placeOf(text, alias.range?.[0] ?? 0)}${QUOTE_IT}`);
    },
    Scalar(position, scalar) {
      if (scalar.anchor !== undefined && scalar.source === '') {
        throw new Error(`an anchor without a value${placeOf(text, scalar.range?.[0] ?? 0)}${QUOTE_IT}`);
      }
      if (scalar.type === 'QUOTE_DOUBLE' || scalar.type === 'QUOTE_SINGLE' || typeof scalar.value === 'string') return;
      const written = scalar.source ?? '';
      if (position === 'key') scalar.value = written;
      else if (written !== '') scalar.value = new Unquoted(scalar.value, written);
    },
  });
  return isNode(document.contents) ? document.toJS() : {};
}

function placeOf(text: string, at: number): string {
  const lines = text.slice(0, at).split('\n');
  return ` at line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
}

function yamlProblem({ code, linePos }: YAMLError): string {
  const at = linePos === undefined ? '' : ` at line ${linePos[0].line}, column ${linePos[0].col}`;
  const hint = YAML_HINTS[code] ?? '';
  return `${code.toLowerCase().replaceAll('_', ' ')}${at}${hint}`;
}

const QUOTE_IT = '; a value that starts with @ ` * & ! % | > needs quotes';
const YAML_HINTS: Readonly<Record<string, string>> = {
  BAD_SCALAR_START: QUOTE_IT,
  TAG_RESOLVE_FAILED: QUOTE_IT,
  UNEXPECTED_TOKEN: '; a value with quotes inside needs quotes around it',
};

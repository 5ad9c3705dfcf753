import { err, ok, type Result } from '../../lib/result.js';
import { parseJsonAsWritten, parseTomlAsWritten, parseYamlAsWritten } from '../forms/as-written.js';
import { isMapping } from '../forms/form.js';
import { parseDotenv } from './dotenv.js';

/** Returns the text of a file, or undefined when there is none; throws when it cannot be read. */
export type ReadFile = (path: string) => string | undefined;

export interface ConfigFile {
  readonly path: string;
  /** Keys are lower-case at every depth (SPEC.md CF4). */
  readonly content: Readonly<Record<string, unknown>>;
}

/** The order in which extensions are tried within a directory; the first existing file wins. */
const EXTENSIONS = ['json', 'toml', 'yaml', 'yml', 'properties', 'props', 'prop', 'hcl', 'tfvars', 'dotenv', 'env', 'ini'];
const DIRECTORIES = ['/etc/neko', '.'];

/** Finds and decodes the one configuration file; null when none is named and none exists. */
export function loadConfigFile(named: string | undefined, readFile: ReadFile): Result<ConfigFile | null, string> {
  const candidates =
    named === undefined
      ? DIRECTORIES.flatMap((dir) => EXTENSIONS.map((ext) => (dir === '.' ? `neko.${ext}` : `${dir}/neko.${ext}`)))
      : [named];
  for (const path of candidates) {
    const content = read(path, readFile);
    if (!content.ok) return content;
    if (content.value !== undefined) return decode(path, content.value);
  }
  return named === undefined ? ok(null) : err(`${named}: there is no such configuration file.`);
}

function read(path: string, readFile: ReadFile): Result<string | undefined, string> {
  try {
    return ok(readFile(path));
  } catch (error) {
    return err(`${path}: the configuration file cannot be read (${error instanceof Error ? error.message : 'unknown reason'}).`);
  }
}

function decode(path: string, text: string): Result<ConfigFile, string> {
  const extension = /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
  const parse = DECODERS[extension];
  if (parse === undefined) {
    return err(`${path}: configuration files end in ${Object.keys(DECODERS).join(', ')}.`);
  }
  // A file in UTF-16 looks like this when it is read as UTF-8.
  if (/^(?:\uFFFD{2}|.?\0)/.test(text)) return err(`${path}: the file is not UTF-8; save it again with the encoding UTF-8.`);
  try {
    const content: unknown = parse(text.replace(/^\uFEFF/, '')) ?? {};
    if (!isMapping(content)) return err(`${path}: the file must hold settings by name.`);
    return ok({ path, content: lowerKeys(content) });
  } catch (error) {
    // Parsers quote the lines around an error; those may hold a password, so only the first line is passed on.
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : '';
    return err(`${path}: the file cannot be decoded (${extension === 'json' ? jsonPlace(reason) : reason.replace(/:$/, '')}).`);
  }
}

function jsonPlace(reason: string): string {
  return `not valid JSON${/ at position \d+/.exec(reason)?.[0] ?? ''}`;
}

const DECODERS: Readonly<Record<string, (text: string) => unknown>> = {
  json: (text) => (text.trim() === '' ? {} : parseJsonAsWritten(text)),
  toml: parseTomlAsWritten,
  yaml: parseYamlAsWritten,
  yml: parseYamlAsWritten,
  dotenv: parseDotenv,
  env: parseDotenv,
};

function lowerKeys(mapping: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(mapping).map(([name, value]) => [name.toLowerCase(), lowered(value)]));
}

function lowered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lowered);
  return isMapping(value) ? lowerKeys(value) : value;
}

/** Looks a dotted path up; parts may be nested or dotted at any level, the longest dotted prefix wins. Null is not set. */
export function lookUp(content: Readonly<Record<string, unknown>>, path: string): unknown {
  const parts = path.split('.');
  for (let taken = parts.length; taken > 0; taken--) {
    const name = parts.slice(0, taken).join('.');
    if (!Object.hasOwn(content, name)) continue;
    const value = content[name];
    if (taken === parts.length) return value ?? undefined;
    const found = isMapping(value) ? lookUp(value, parts.slice(taken).join('.')) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The dotted paths of the file that lead to no known setting, each up to its first unknown part. */
export function unknownPaths(
  content: Readonly<Record<string, unknown>>,
  known: readonly string[],
  prefix = '',
): readonly string[] {
  return Object.entries(content).flatMap(([name, value]) => {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    const isParent = known.some((candidate) => candidate.startsWith(`${path}.`));
    if (isParent && isMapping(value)) return unknownPaths(value, known, path);
    return known.includes(path) || value === null ? [] : [path];
  });
}

import { uriPart } from '../lib/text/seen-text.js';

/** Characters that end a line, steer a terminal, hide themselves or turn the direction of the text around them; lone surrogates. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
/** The value behind these words in a URL, a header or JSON is a secret. */
const SECRET_WORDS = 'token|pwd|password|passwd|secret|credential|authorization|cookie|api_token';
const SECRET_PAIR = new RegExp(`((?:${SECRET_WORDS})=|"(?:${SECRET_WORDS})"\\s*:\\s*")[^&\\s"'#;,]+`, 'gi');
const SECRET_HEADER = /((?:authorization|cookie)\s*:\s*)[^\r\n]+/gi;
const SECRET_KEY = new RegExp(`^(?:${SECRET_WORDS}|set-cookie|apitoken)$`, 'i');
const BEARER = /(Bearer\s+)\S+/gi;
/** The shape of the tokens that we make (64 characters). */
const SESSION_TOKEN = /(?<![\w-])[\w-]{64}(?![\w-])/g;
const HIDDEN = '(hidden)';
const MAX_CHARACTERS = 4_000;
const MAX_DEPTH = 6;
/** Shorter secrets would be found inside ordinary words. */
const MIN_SECRET_CHARACTERS = 6;

/** Makes what is logged safe to read: one line for each message whatever it carries, and no secret in it. */
export class LogText {
  readonly #secrets: readonly string[];

  constructor(secrets: readonly string[]) {
    this.#secrets = secrets
      .filter((secret) => secret.length >= MIN_SECRET_CHARACTERS)
      .flatMap((secret) => [...new Set([secret, uriPart(secret)])])
      .sort((a, b) => b.length - a.length);
  }

  /** A text as it may stand in the log. */
  text(text: string): string {
    const cut = text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}… (${text.length} characters)` : text;
    const known = this.#secrets.reduce((rest, secret) => rest.replaceAll(secret, HIDDEN), cut);
    return known
      .replace(BEARER, `$1${HIDDEN}`)
      .replace(SECRET_HEADER, `$1${HIDDEN}`)
      .replace(SECRET_PAIR, `$1${HIDDEN}`)
      .replace(SESSION_TOKEN, HIDDEN)
      .replace(UNSAFE, escaped);
  }

  /** The fields of a message. */
  fields(fields: object): Record<string, unknown> {
    return Object.fromEntries(Object.entries(fields).map(([key, value]) => [this.text(key), this.#field(key, value, MAX_DEPTH)]));
  }

  #field(key: string, value: unknown, depth: number): unknown {
    return SECRET_KEY.test(key) && typeof value !== 'boolean' ? HIDDEN : this.#value(value, depth);
  }

  #value(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return this.text(value);
    if (value instanceof Error) return this.text(value.stack ?? String(value));
    if (typeof value !== 'object' || value === null) return value;
    if (depth === 0) return '…';
    if (Array.isArray(value)) return value.map((item: unknown) => this.#value(item, depth - 1));
    const entries = Object.entries(value).map(([key, item]) => [this.text(key), this.#field(key, item, depth - 1)]);
    return Object.fromEntries(entries);
  }
}

function escaped(character: string): string {
  if (character === '\n') return '\\n';
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

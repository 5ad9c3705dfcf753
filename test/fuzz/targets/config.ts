import assert from 'node:assert/strict';
import fc from 'fast-check';
import { loadConfig } from '../../../server/config/load.js';
import { KEYS } from '../../../server/config/schema.js';
import { parseDotenv } from '../../../server/config/sources/dotenv.js';
import { expectLinear } from '../cost.js';
import { mutatedText } from '../mutated.js';
import { holds, type Target } from '../target.js';

const FORMATS = ['json', 'yaml', 'toml', 'env'] as const;
type Format = (typeof FORMATS)[number];

const load = (format: Format, text: string) =>
  loadConfig({ argv: ['--config', `neko.${format}`], env: {}, readFile: () => text });

const path = fc.constantFrom(...KEYS.map((key) => key.path));
const scalar = fc.oneof(
  fc.constantFrom(
    'true',
    '007',
    '1e3',
    '0x1F',
    'null',
    '~',
    '1.10',
    '.inf',
    '2020-01-01',
    'yes',
    '"',
    "'",
    '',
    '52000-52100',
    '30s',
    '*a',
    '&a',
    '!x',
    '{{',
    '#',
  ),
  fc.integer().map(String),
  fc.string({ maxLength: 30 }),
  fc.webUrl(),
);

const nested = (name: string, value: string) => {
  const parts = name.split('.');
  return parts.map((part, depth) => `${'  '.repeat(depth)}${part}:${depth === parts.length - 1 ? ` ${value}` : ''}`).join('\n');
};
const LINE: Readonly<Record<Format, (name: string, value: string) => string>> = {
  json: (name, value) => `"${name}": ${JSON.stringify(value)},`,
  yaml: nested,
  toml: (name, value) => `${name} = ${value}`,
  env: (name, value) => `${name}=${value}`,
};
const written = fc
  .tuple(fc.constantFrom(...FORMATS), fc.array(fc.tuple(path, scalar), { maxLength: 8 }))
  .map(([format, entries]) => {
    const lines = entries.map(([name, value]) => LINE[format](name, value)).join('\n');
    return { format, text: format === 'json' ? `{${lines.replace(/,$/, '')}}` : lines };
  });
const broken = fc
  .tuple(
    written,
    mutatedText(
      fc.constant(''),
      fc.oneof(scalar, fc.constantFrom('\n', '  ', '[', ']', '{', '}', '"', '\ufeff', '\0', '---\n', '<<: *a\n')),
    ),
    fc.nat(),
  )
  .map(([{ format, text }, piece, at]) => {
    const from = at % (text.length + 1);
    return { format, text: text.slice(0, from) + piece + text.slice(from) };
  });

/** Where a file holds quoted text in the same way in three formats: the password of the multiuser members. */
const SECRET = 'member.multiuser.user_password';
const quoted = (text: string) => JSON.stringify(text).replaceAll('\u007f', '\\u007f');

/** YAML that names itself again and again: a billion words in a few lines. */
const bomb = (depth: number) =>
  ['a0: &a0 x', ...Array.from({ length: depth }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(9)}]`)].join('\n');

export const config: Target = {
  name: 'config',
  properties: [
    holds('any file is a configuration or errors that name their key', [fc.oneof(written, broken)], ({ format, text }) => {
      const loaded = load(format, text);
      if (!loaded.ok) {
        assert(loaded.error.length > 0);
        for (const { key, message } of loaded.error) assert(key !== '' && message !== '' && message.length < text.length + 2_000);
      }
    }),
    holds(
      'any text at all is one or the other',
      [fc.constantFrom(...FORMATS), fc.string({ unit: 'binary', maxLength: 200 })],
      (format, text) => {
        assert.equal(typeof load(format, text).ok, 'boolean');
      },
    ),
    holds(
      'quoted text is read as it is written, in every format',
      [fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 })],
      (secret) => {
        const parts = SECRET.split('.');
        const text = quoted(secret);
        const files: readonly (readonly [Format, string])[] = [
          ['json', `${parts.map((part) => `{"${part}":`).join('')}${text}${'}'.repeat(parts.length)}`],
          ['yaml', nested(SECRET, text)],
          ['toml', `${SECRET} = ${text}`],
        ];
        const read = files.map(([format, file]) => {
          const loaded = load(format, file);
          return loaded.ok
            ? loaded.value.values.member.multiuser.user_password
            : loaded.error.map(({ message }) => message).join();
        });
        assert.deepEqual(read, [read[0], read[0], read[0]]);
      },
    ),
    holds(
      'a dotenv file is read as its shell-like lines say',
      [fc.array(fc.string({ unit: fc.constantFrom(...'abc =:.-_/@'), maxLength: 20 }), { maxLength: 5 })],
      (values) => {
        const text = values.map((value, i) => `NAME_${i}='${value}'`).join('\n');
        assert.deepEqual(parseDotenv(text), Object.fromEntries(values.map((value, i) => [`NAME_${i}`, value])));
      },
    ),
    holds('files that name themselves are refused soon', [fc.integer({ min: 3, max: 12 })], (depth) => {
      const startMs = performance.now();
      load('yaml', bomb(depth));
      assert(performance.now() - startMs < 5_000);
    }),
    holds(
      'reading costs in proportion to the file',
      [fc.constantFrom(...FORMATS), fc.constantFrom('#', ' ', 'a', '"', '[', "'", '\n', '=', ':', '0', '""')],
      (format, piece) => {
        expectLinear(
          (size) => `a = ${piece.repeat(size)}`,
          (text) => void load(format, text),
          1_000,
        );
      },
    ),
  ],
};

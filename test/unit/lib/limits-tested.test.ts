import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import * as ice from '../../../server/ice/limits.js';
import * as media from '../../../server/media/limits.js';
import * as protocol from '../../../server/protocol/limits.js';
import * as signaling from '../../../server/signaling/limits.js';
import * as webrtc from '../../../server/webrtc/limits.js';
import { FIGURE_TESTS } from '../../support/limits/limit-tests.js';

const TESTS = fileURLToPath(new URL('../..', import.meta.url));
const SELF = ['limits-tested.test.ts', 'limit-tests.ts', 'limits-reference.ts'];
const NAMES = Object.entries({ ...ice, ...media, ...protocol, ...signaling, ...webrtc }).flatMap(([table, limits]) =>
  Object.keys(limits).map((name) => `${table}.${name}`),
);
const texts = new Map(
  readdirSync(TESTS, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !SELF.some((name) => path.endsWith(name)))
    .map((path) => [path, readFileSync(join(TESTS, path), 'utf8')]),
);

/** Whether a test file speaks of the limit by its name, or goes through its whole table. */
function isNamed(limit: string): boolean {
  const [table = '', name = ''] = limit.split('.');
  const word = new RegExp(`\\b${name}\\b`);
  return [...texts.values()].some(
    (text) => text.includes(table) && (word.test(text) || text.includes(`Object.entries(${table})`)),
  );
}

test('every limit is named by a test, or a test of its figure is listed', () => {
  const known = new Set(Object.keys(FIGURE_TESTS));
  expect(NAMES.filter((limit) => !known.has(limit) && !isNamed(limit))).toEqual([]);
  expect(
    [...known].filter((limit) => !NAMES.includes(limit) || isNamed(limit)),
    'listed without need',
  ).toEqual([]);
});

test.each(Object.entries(FIGURE_TESTS))('%s: its test is there', (_limit, [path, title]) => {
  expect(texts.get(path)).toContain(title);
});

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { rulesWithoutTest } from '../protocol/rules-without-test.js';

const FOLDERS = [import.meta.dirname, join(import.meta.dirname, '../../integration/capture')];

test('every rule of capture/SPEC.md has a test that quotes it', () => {
  const [first = [], ...others] = FOLDERS.map((folder) => rulesWithoutTest('server/capture/SPEC.md', folder));
  expect(first.filter((rule) => others.every((rules) => rules.includes(rule)))).toEqual([]);
});

import { expect, test } from 'vitest';
import { rulesWithoutTest } from './rules-without-test.js';

test('every rule of protocol/SPEC.md has a test that quotes it', () => {
  expect(rulesWithoutTest('server/protocol/SPEC.md', import.meta.dirname)).toEqual([]);
});

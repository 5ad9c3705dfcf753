import { expect, test } from 'vitest';
import { rulesWithoutTest } from '../protocol/rules-without-test.js';

test('every rule of room/SPEC.md has a test that quotes it', () => {
  expect(rulesWithoutTest('server/room/SPEC.md', import.meta.dirname)).toEqual([]);
});

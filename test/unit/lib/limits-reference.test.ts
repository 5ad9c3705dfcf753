import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { renderLimits } from '../../support/limits/limits-reference.js';
import { unpadded } from '../../support/peers/unpadded.js';

test('docs/limits.md is what `npm run limits` writes', () => {
  const committed = readFileSync(new URL('../../../docs/limits.md', import.meta.url), 'utf8');
  expect(unpadded(committed)).toBe(unpadded(renderLimits()));
});

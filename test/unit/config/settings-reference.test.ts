import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { renderSettingsReference } from '../../../server/config/reference.js';

test('SETTINGS.md is what `npm run build && node dist/server/main.js config --markdown > SETTINGS.md` writes', () => {
  const committed = readFileSync(new URL('../../../SETTINGS.md', import.meta.url), 'utf8');
  expect(committed).toBe(renderSettingsReference());
});

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { renderSettingsReference } from '../../../server/config/reference.js';
import { unpadded } from '../../support/peers/unpadded.js';

test('SETTINGS.md is what `node dist/server/main.js config --markdown > SETTINGS.md` and `npm run format` write', () => {
  const committed = readFileSync(new URL('../../../SETTINGS.md', import.meta.url), 'utf8');
  expect(unpadded(committed)).toBe(unpadded(renderSettingsReference()));
});

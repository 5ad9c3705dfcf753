import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { renderSettingsReference } from '../../../server/config/reference.js';

/** Undoes what the formatter does to tables: it pads their cells. */
function unpadded(markdown: string): string {
  return markdown
    .split('\n')
    .map((line) => (line.startsWith('|') ? line.replace(/ +\|/g, ' |').replace(/ ?-{3,} ?/g, '---') : line))
    .join('\n');
}

test('SETTINGS.md is what `node dist/server/main.js config --markdown > SETTINGS.md` and `npm run format` write', () => {
  const committed = readFileSync(new URL('../../../SETTINGS.md', import.meta.url), 'utf8');
  expect(unpadded(committed)).toBe(unpadded(renderSettingsReference()));
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** Rights of profiles, locks of the room, and who is in control compared by hand. */
const DECIDES =
  /\b(can_host|can_watch|can_access_clipboard|locked_controls|private_mode|control_protection)\b|\bhostId [!=]== (?!null)/;

test('RU4 no front looks at rights or locks itself', () => {
  const fronts = 'server/signaling';
  const files = readdirSync(fronts, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  expect(files.length).toBeGreaterThan(50);
  expect(files.filter((name) => DECIDES.test(readFileSync(join(fronts, name), 'utf8')))).toEqual([]);
});

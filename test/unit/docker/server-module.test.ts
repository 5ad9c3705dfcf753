import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { SERVER_MODULES } from '../../../docker/lib/server-module.mjs';

test.each(Object.values(SERVER_MODULES))('the launcher finds %s in the server', (path) => {
  const source = new URL(`../../../server/${path.replace(/\.js$/, '.ts')}`, import.meta.url);
  expect(existsSync(source)).toBe(true);
});

import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';

const script = new URL('../../../docker/lib/server-module.mjs', import.meta.url).href;
const { SERVER_MODULES }: { SERVER_MODULES: Readonly<Record<string, string>> } = await import(script);

test.each(Object.values(SERVER_MODULES))('the launcher finds %s in the server', (path) => {
  const source = new URL(`../../../server/${path.replace(/\.js$/, '.ts')}`, import.meta.url);
  expect(existsSync(source)).toBe(true);
});

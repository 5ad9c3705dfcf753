import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** Programs that run on the built server, which no compiler follows there, with the modules they import of it. */
const imports = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.mjs'))
  .flatMap((name) => {
    const text = readFileSync(join('test', name), 'utf8');
    return [...text.matchAll(/from '[./]+\/dist\/(server\/[^']+)\.js'/g)].map(([, module = '']) => ({ name, module }));
  });

test('programs on the built server are found', () => {
  expect(imports.length).toBeGreaterThan(0);
});

test.each(imports)('$name imports $module, which the server has', ({ module }) => {
  expect(existsSync(`${module}.ts`)).toBe(true);
});

import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test('every rule of ice/SPEC.md is quoted by a test', () => {
  const rules = readFileSync('server/ice/SPEC.md', 'utf8')
    .split('\n')
    .filter((line) => /^[*-] /.test(line))
    .flatMap((line) => [...line.matchAll(/(?:^[*-] |[.:] )([SCAPEFUNT]\d+)(?:-[A-Z](\d+))? /g)])
    .flatMap(([, first = '', last]) => {
      const from = Number(first.slice(1));
      return Array.from({ length: Number(last ?? from) - from + 1 }, (_, i) => `${first[0]}${from + i}`);
    });
  const titles = ['test/unit/ice', 'test/integration/ice', 'test/network']
    .flatMap((folder) => readdirSync(folder).map((name) => readFileSync(`${folder}/${name}`, 'utf8')))
    .join('\n');
  expect(rules.length).toBeGreaterThan(60);
  expect(rules.filter((rule) => !new RegExp(`['"\`]${rule} `).test(titles))).toEqual([]);
});

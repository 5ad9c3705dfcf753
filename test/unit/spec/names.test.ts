import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const DECLARATION = /^export (?:abstract |async )*(?:class|interface|type|const|function) (\w+)/gm;

test('no exported name stands for two things', () => {
  const files = ['server', 'client'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => `${folder}/${path}`),
  );
  const places = new Map<string, Set<string>>();
  for (const file of files) {
    for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(DECLARATION)) {
      places.set(name, (places.get(name) ?? new Set()).add(file));
    }
  }
  expect(places.size).toBeGreaterThan(1_000);
  expect([...places].filter(([, where]) => where.size > 1).map(([name, where]) => `${name}: ${[...where].join(', ')}`)).toEqual(
    [],
  );
});

import { expect, test } from 'vitest';
import { treeFiles } from '../../support/tree-files.js';

const DECLARATION = /^export (?:abstract |async )*(?:class|interface|type|const|function) (\w+)/gm;

test('no exported name stands for two things', () => {
  const places = new Map<string, Set<string>>();
  for (const { path, text } of ['server', 'client'].flatMap((folder) => treeFiles(folder, '.ts'))) {
    for (const [, name = ''] of text.matchAll(DECLARATION)) {
      places.set(name, (places.get(name) ?? new Set()).add(path));
    }
  }
  expect(places.size).toBeGreaterThan(1_000);
  expect([...places].filter(([, where]) => where.size > 1).map(([name, where]) => `${name}: ${[...where].join(', ')}`)).toEqual(
    [],
  );
});

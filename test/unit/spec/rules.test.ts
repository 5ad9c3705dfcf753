import { expect, test } from 'vitest';
import { treeFiles } from '../../support/tree-files.js';

const SPECS = treeFiles('server', 'SPEC.md').map(({ path, text }) => ({
  path,
  rules: [...text.matchAll(/^- \*\*([A-Z]{1,2}\d+)\*\* /gm)].map(([, rule = '']) => rule),
}));
const RULES = SPECS.flatMap(({ rules }) => rules);
/** The numbers that begin a title: `'C1, C2 the title'`. */
const QUOTED = new Set(
  treeFiles('test', '.test.ts').flatMap(({ text }) =>
    [...text.matchAll(/['"`]((?:[A-Z]{1,2}\d+,? )+)/g)].flatMap(([, numbers = '']) => numbers.match(/[A-Z]+\d+/g) ?? []),
  ),
);

test('a number stands for one rule in the whole tree', () => {
  expect(SPECS.filter(({ rules }) => rules.length === 0)).toEqual([]);
  expect(RULES.filter((rule, index) => RULES.indexOf(rule) !== index)).toEqual([]);
});

test.each(SPECS)('every rule of $path begins the title of a test', ({ rules }) => {
  expect(rules.filter((rule) => !QUOTED.has(rule))).toEqual([]);
});

test('the code quotes rules that there are', () => {
  const cited = treeFiles('server', '.ts').flatMap(({ text }) =>
    [...text.matchAll(/SPEC\.md ([A-Z]{1,2}\d+)(?:(?:-|, )([A-Z]{1,2}\d+))?/g)].flatMap(([, first, second]) => [first, second]),
  );
  expect(cited.length).toBeGreaterThan(0);
  expect(cited.filter((rule) => rule !== undefined && !RULES.includes(rule))).toEqual([]);
});

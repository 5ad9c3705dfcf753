import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const TEXT = readFileSync('docs/architecture.md', 'utf8');
/** Every file of the tree, to find one by the end of its path: a paragraph names the folder once. */
const FILES = ['server', 'client', 'docker', 'test', 'docs'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => `/${folder}/${path}`),
);

test('every path in docs/architecture.md exists', () => {
  const paths = [...TEXT.matchAll(/`([\w./-]+(?:\.(?:ts|mjs|txt)|\/))`/g)].map(([, path = '']) => path);
  const known = (path: string) =>
    path.startsWith('/') ||
    existsSync(path) ||
    existsSync(`server/${path}`) ||
    FILES.some((file) => file.endsWith(`/${path.replace(/\/$/, '')}`));
  expect(paths.length).toBeGreaterThan(60);
  expect(paths.filter((path) => !known(path))).toEqual([]);
});

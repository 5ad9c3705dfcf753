// Building: server and client each, when the files they are made of changed since the last build.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm } from './npm.mjs';
import { step } from './progress.mjs';

const PARTS = [
  {
    name: 'server',
    script: 'build:server',
    product: 'dist/server/main.js',
    sources: ['server', 'tsconfig.json', 'package-lock.json'],
  },
  {
    name: 'client',
    script: 'build:client',
    product: 'dist/client/index.html',
    sources: ['client', 'server/protocol', 'package-lock.json'],
  },
];

/**
 * Digest over path, size and time of change of every file below the given paths.
 * @param {string} root
 * @param {readonly string[]} paths
 */
function stateOf(root, paths) {
  const hash = createHash('sha256');
  /** @param {string} path */
  const visit = (path) => {
    const about = statSync(join(root, path), { throwIfNoEntry: false });
    if (about?.isDirectory()) for (const name of readdirSync(join(root, path)).sort()) visit(join(path, name));
    else hash.update(`${path} ${about?.size} ${about?.mtimeMs}\n`);
  };
  for (const path of paths) visit(path);
  return hash.digest('hex');
}

/**
 * Builds what is out of date, and removes outputs of deleted files. Throws Stop.
 * @param {string} root
 */
export async function ensureBuild(root) {
  for (const { name, script, product, sources } of PARTS) {
    const stamp = join(root, `dist/.${name}`);
    const state = stateOf(root, sources);
    if (existsSync(join(root, product)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === state) continue;
    await step(`Building the ${name}`, async (report) => {
      rmSync(stamp, { force: true });
      rmSync(join(root, 'dist', name), { recursive: true, force: true });
      await npm(['run', '--silent', script], { cwd: root, report });
      mkdirSync(join(root, 'dist'), { recursive: true });
      writeFileSync(stamp, state);
    });
  }
}

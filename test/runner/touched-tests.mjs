// Which unit tests a change concerns.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const FOLDER = 'test/unit';

/**
 * @param {string} root
 * @param {...string} args
 */
function git(root, ...args) {
  try {
    return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}

/**
 * The commit that the change began at: where this branch left main, or HEAD; undefined outside a git checkout.
 * @param {string} root
 */
function baseOfChange(root) {
  /** @param {string} main */
  const fork = (main) => git(root, 'merge-base', 'HEAD', main);
  return fork('main') ?? fork('origin/main') ?? git(root, 'rev-parse', 'HEAD');
}

const READS_FILES = /from 'node:(fs|child_process)'/;

/**
 * The module's text and that of the helpers in test/ that it imports.
 * @param {string} root
 * @param {string} file
 * @param {Set<string>} seen
 * @returns {string}
 */
function textWithHelpers(root, file, seen) {
  if (seen.has(file) || !existsSync(file)) return '';
  seen.add(file);
  const text = readFileSync(file, 'utf8');
  const helpers = [...text.matchAll(/from '(\.[^']+)'/g)]
    .map(([, path = '']) => join(dirname(file), path.replace(/\.js$/, '.ts')))
    .filter((path) => relative(root, path).startsWith('test/'));
  return text + helpers.map((path) => textWithHelpers(root, path, seen)).join('');
}

/**
 * Tests of what no import shows, such as documents and the specifications' rules: they read files or start programs.
 * @param {string} root
 */
export function testsOfFiles(root) {
  return readdirSync(join(root, FOLDER), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(root, FOLDER, name))
    .filter((file) => READS_FILES.test(textWithHelpers(root, file, new Set())));
}

/**
 * Tests that import something that changed since `base`, in commits or beside them; undefined where that cannot be said.
 * @param {string} root
 * @param {string} base
 */
function testsOfModules(root, base) {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const words = ['list', '--project', 'unit', '--changed', base, '--filesOnly', '--json'];
  try {
    /** @type {readonly { file: string }[]} */
    const listed = JSON.parse(execFileSync(process.execPath, [vitest, ...words], { cwd: root, encoding: 'utf8' }));
    return listed.map(({ file }) => file);
  } catch {
    return undefined;
  }
}

/**
 * The unit tests that the change since main concerns; undefined for all of them.
 * @param {string} root
 */
export function touchedTests(root) {
  const base = baseOfChange(root);
  const modules = base === undefined ? undefined : testsOfModules(root, base);
  return modules && [...new Set([...testsOfFiles(root), ...modules])];
}

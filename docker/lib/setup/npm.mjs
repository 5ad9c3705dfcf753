// npm packages: `npm ci` when the installed ones differ from package-lock.json.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandFailed, run } from '../command.mjs';
import { step } from './progress.mjs';

/** @import { RunOptions } from '../command.mjs' */

/**
 * An entry of a lock file.
 * @typedef {object} LockedPackage
 * @property {string} [version]
 * @property {string} [integrity]
 * @property {boolean} [optional]
 * @property {boolean} [dev]
 */

/**
 * The packages of one of npm's lock files by their folder; '' is the project itself.
 * @param {string} file
 * @returns {Record<string, LockedPackage>}
 */
export const lockedPackages = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;

/**
 * How to call npm: the one that runs us, else the one found in PATH.
 * @returns {[program: string, ...args: string[]]}
 */
function npmCommand() {
  const own = process.env.npm_execpath;
  return own?.endsWith('npm-cli.js') && existsSync(own) ? [process.execPath, own] : ['npm'];
}

/**
 * Runs an npm command in `cwd`. Throws Stop.
 * @param {readonly string[]} args
 * @param {Pick<RunOptions, 'cwd' | 'report'>} options
 */
export function npm(args, { cwd, report }) {
  const [program, ...first] = npmCommand();
  return run(program, [...first, ...args], { cwd, report });
}

/**
 * Whether node_modules matches package-lock.json, by the record that npm writes as the last step of an installation.
 * @param {string} root
 */
export function isInstalled(root) {
  const record = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(record)) return false;
  const wanted = lockedPackages(join(root, 'package-lock.json'));
  const present = lockedPackages(record);
  /** @param {string} path @param {LockedPackage} asked */
  const same = (path, { version, integrity }) => present[path]?.version === version && present[path]?.integrity === integrity;
  // Optional packages are those of other systems, which npm leaves out.
  const complete = Object.entries(wanted).every(
    ([path, asked]) => path === '' || same(path, asked) || (asked.optional && !present[path]),
  );
  return complete && Object.keys(present).every((path) => path in wanted);
}

/**
 * Installs npm packages when the lock file changed since the last time. Throws Stop.
 * @param {string} root
 */
export async function ensureNpmPackages(root) {
  if (isInstalled(root)) return;
  const options = ['--no-audit', '--no-fund', '--prefer-offline'];
  await step('Installing npm packages', async (report) => {
    try {
      await npm(['ci', ...options], { cwd: root, report });
    } catch (error) {
      // A lock file written with a registry that has no packages for other systems lacks those optional entries, which
      // `npm ci` refuses with this code. `npm install` takes the same versions for this system.
      if (!(error instanceof CommandFailed && error.said.includes('EUSAGE'))) throw error;
      await npm(['install', '--no-save', ...options], { cwd: root, report });
    }
  });
}

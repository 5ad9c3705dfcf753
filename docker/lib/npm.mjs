// npm packages: `npm ci` when what is installed differs from package-lock.json.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './command.mjs';
import { step } from './progress.mjs';

/** How to call npm: the one that runs us, else the one found in PATH. */
function npmCommand() {
  const own = process.env.npm_execpath;
  return own?.endsWith('npm-cli.js') && existsSync(own) ? [process.execPath, own] : ['npm'];
}

/** Runs an npm command in `cwd`. Throws Stop. */
export function npm(args, { cwd, report }) {
  const [program, ...first] = npmCommand();
  return run(program, [...first, ...args], { cwd, report });
}

/** Whether node_modules is what package-lock.json asks for; npm writes its own record as the last act of installing. */
export function isInstalled(root) {
  const record = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(record)) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const present = JSON.parse(readFileSync(record, 'utf8')).packages;
  const same = (path) => present[path]?.version === wanted[path].version && present[path]?.integrity === wanted[path].integrity;
  // Optional packages are those of other systems, which npm leaves out.
  const complete = Object.keys(wanted).every((path) => path === '' || same(path) || (wanted[path].optional && !present[path]));
  return complete && Object.keys(present).every((path) => path in wanted);
}

/** Installs npm packages when the lock file changed since the last time. Throws Stop. */
export async function ensureNpmPackages(root) {
  if (isInstalled(root)) return;
  const options = ['--no-audit', '--no-fund', '--prefer-offline'];
  await step('Installing npm packages', async (report) => {
    try {
      await npm(['ci', ...options], { cwd: root, report });
    } catch (error) {
      // A lock file written with a registry that has no packages for other systems lacks those optional entries, which
      // `npm ci` refuses with this code. `npm install` takes the same versions for this system.
      if (!error.said?.includes('EUSAGE')) throw error;
      await npm(['install', '--no-save', ...options], { cwd: root, report });
    }
  });
}

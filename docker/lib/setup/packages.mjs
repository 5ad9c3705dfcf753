// Debian packages: reads the one list, asks dpkg what is missing, and installs that as root or through sudo.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { run } from '../command.mjs';
import { Stop, step } from './progress.mjs';

const LIST = new URL('../../packages.txt', import.meta.url);

/**
 * A heading of docker/packages.txt.
 * @typedef {'server' | 'desktop' | 'application' | 'tests' | 'container'} Section
 */

/**
 * The package names of the given sections of docker/packages.txt, in its order, without optional ones that apt does not know.
 * @param {readonly Section[]} sections
 */
function packagesOf(sections) {
  /** @type {string[]} */
  const names = [];
  /** @type {string | undefined} */
  let section;
  for (const line of readFileSync(LIST, 'utf8')
    .split('\n')
    .map((text) => text.trim())) {
    const heading = /^\[(.+)\]$/.exec(line);
    if (heading) section = heading[1];
    else if (line !== '' && !line.startsWith('#') && sections.some((wanted) => wanted === section)) names.push(line);
  }
  return names.filter((name) => !name.endsWith('?') || isKnown(name.slice(0, -1))).map((name) => name.replace('?', ''));
}

/** @param {string} name */
const isKnown = (name) => spawnSync('apt-cache', ['show', name], { stdio: 'ignore' }).status === 0;

/**
 * Those of `names` that are not installed, by one query for all of them; undefined where there is no dpkg.
 * @param {readonly string[]} names
 */
function missingOf(names) {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the braces are dpkg-query's.
  const format = '${db:Status-Status} ${Package}\n';
  const query = spawnSync('dpkg-query', ['-W', '-f', format, ...names], { encoding: 'utf8' });
  if (query.error) return undefined;
  const installed = new Set(
    query.stdout
      .split('\n')
      .filter((line) => line.startsWith('installed '))
      .map((line) => line.slice(10)),
  );
  return names.filter((name) => !installed.has(name));
}

// Installing a server package on Debian starts its service. Nothing here wants a system-wide service, so a policy
// forbids it for as long as the installation runs, unless the machine has a policy of its own. One of ours that a killed
// installation left behind is known by its mark.
const SCRIPT = `set -e
guard=/usr/sbin/policy-rc.d
mark='# neko-ts installs packages and starts no services'
if [ ! -e "$guard" ] || grep -qF "$mark" "$guard"; then
  trap 'rm -f "$guard"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  printf '#!/bin/sh\\n%s\\nexit 101\\n' "$mark" >"$guard"
  chmod 755 "$guard"
fi
export DEBIAN_FRONTEND=noninteractive
dpkg --configure -a
apt-get update
apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=120 "$@"`;

/** @param {readonly string[]} names */
const counted = (names) => `${names.length} system package${names.length === 1 ? '' : 's'}`;
/** @param {readonly string[]} names */
const byHand = (names) => `Run this once as root, then try again:\n\n  ${handCommand(names)}\n`;
/** @param {readonly string[]} names */
const handCommand = (names) => `apt-get update && apt-get install -y --no-install-recommends ${names.join(' ')}`;

/**
 * How to become root: nothing to add, sudo (asking for a password only on a terminal), or undefined.
 * @returns {string[] | undefined}
 */
function elevation() {
  if (process.getuid?.() === 0) return [];
  const found = spawnSync('sudo', ['-n', 'true']);
  if (found.error) return undefined;
  if (found.status === 0) return ['sudo', '-n'];
  return process.stdin.isTTY ? ['sudo'] : undefined;
}

/**
 * Installs what is missing of the sections; returns within a fraction of a second when nothing is. Throws Stop.
 * @param {readonly Section[]} sections
 */
export async function ensurePackages(sections) {
  const missing = missingOf(packagesOf(sections));
  if (missing === undefined) {
    throw new Stop(
      'This system has no dpkg. npm start and npm test prepare Debian 12 and 13 (and what derives from them);\n' +
        'elsewhere use docker compose up, or start the server alone on a running display: node dist/server/main.js serve',
    );
  }
  if (missing.length === 0) return;
  const prefix = elevation();
  if (prefix === undefined || !existsSync('/usr/bin/apt-get')) {
    throw new Stop(`${counted(missing)} missing. ${byHand(missing)}`);
  }
  // The password is asked for before anything rewrites the line it is typed on.
  if (prefix.length === 1) {
    console.log(`${counted(missing)} missing; sudo installs what is missing.`);
    if (spawnSync('sudo', ['-v'], { stdio: 'inherit' }).status !== 0) throw new Stop(`sudo gives no rights. ${byHand(missing)}`);
  }
  const [program = 'sh', ...args] = [...prefix, 'sh', '-c', SCRIPT, 'sh', ...missing];
  await step(`Installing ${counted(missing)}`, (report) =>
    run(program, args, { report, hint: `To do it by hand, as root:\n\n  ${handCommand(missing)}\n` }),
  );
}

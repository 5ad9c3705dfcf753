// The users that the session runs as: the one who started it, or two unprivileged users when root did.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { Stop } from '../setup/progress.mjs';

const DESKTOP = 'neko';
const SERVER = 'neko-server';

/**
 * A possible owner of a file.
 * @typedef {object} Owner
 * @property {number} uid
 * @property {number} gid
 */

/** @typedef {Owner & { name: string, home: string }} User */

/**
 * The users of applications and of the server.
 * @typedef {object} Users
 * @property {User} desktop
 * @property {User} server
 */

/**
 * The users to keep apart; `say` is called with warnings about secrets that applications can read.
 * @typedef {Users & { say: (line: string) => void }} Guard
 */

/**
 * @param {string} name
 * @returns {User | undefined}
 */
function lookUp(name) {
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [user, , uid, gid, , home = ''] = line.split(':');
    if (user === name) return { name, uid: Number(uid), gid: Number(gid), home };
  }
  return undefined;
}

/**
 * A user by its name, which must exist. Throws Stop.
 * @param {string} name
 */
export function userNamed(name) {
  const user = lookUp(name);
  if (!user) throw new Stop(`There is no user "${name}" on this system.`);
  return user;
}

/**
 * @param {string} name
 * @param {readonly string[]} options  of useradd
 * @param {string} why
 */
function ensureUser(name, options, why) {
  const known = lookUp(name);
  if (known) return known;
  const made = spawnSync('useradd', [...options, name], { encoding: 'utf8' });
  const user = lookUp(name);
  if (!user) {
    throw new Stop(
      `${why}, and the user "${name}" could not be made: ${made.error?.message ?? made.stderr.trim()}\n` +
        `Make it by hand (useradd ${options.join(' ')} ${name}), or start as an ordinary user.`,
    );
  }
  console.log(`✓ Made the user "${name}": ${why.toLowerCase()}`);
  return user;
}

/**
 * The users that the session runs as. For root these are two, made where they are missing; an ordinary user cannot become
 * another one, so its applications could read its server's files. Throws Stop.
 * @returns {Users}
 */
export function sessionUsers() {
  if (process.getuid?.() !== 0) {
    const { username, uid, gid, homedir } = userInfo();
    const user = { name: username, uid, gid, home: homedir };
    return { desktop: user, server: user };
  }
  const desktop = ensureUser(
    DESKTOP,
    ['--create-home', '--user-group', '--shell', '/bin/bash'],
    'Applications never run as root',
  );
  const options = [
    '--system',
    '--create-home',
    '--home-dir',
    '/var/lib/neko-server',
    '--user-group',
    '--shell',
    '/usr/sbin/nologin',
  ];
  return { desktop, server: ensureUser(SERVER, options, 'The server keeps its secrets from applications') };
}

/**
 * Whether that user may read each of the paths (and enter the folders on the way).
 * @param {Owner} user
 * @param {readonly string[]} paths
 */
export function mayRead(user, paths) {
  if (user.uid === process.getuid?.()) return true;
  const script = 'for path; do test -r "$path" || exit 1; done';
  return spawnSync('sh', ['-c', script, 'sh', ...paths], { uid: user.uid, gid: user.gid, cwd: '/' }).status === 0;
}

// Files that variables name and that hold secrets: the server must be able to read them, applications must not.
import { chmodSync, chownSync, copyFileSync, existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { errorCode } from '../error-code.mjs';
import { mayRead } from '../session/session-user.mjs';

/** @import { Guard, Owner } from '../session/session-user.mjs' */

/** Where container engines mount secrets, mostly readable by all. The folder itself is the container's own. */
const MOUNTED = '/run/secrets';

/** Variables that name files with secrets in them beside NEKO_…_FILE: TLS keys, by both of their names. */
const KEYS = ['NEKO_SERVER_KEY', 'NEKO_KEY'];

/** @param {Owner} server */
function closeFolder(server) {
  try {
    chownSync(MOUNTED, 0, server.gid);
    chmodSync(MOUNTED, 0o750);
  } catch {
    // Mounted read-only; the consequence for each file is reported below.
  }
}

/**
 * Files that variables name, with those variables.
 * @typedef {readonly (readonly [name: string, path: string])[]} NamedFiles
 */

/**
 * The file of one variable, if it is there.
 * @param {string} name
 * @param {string | undefined} path
 * @returns {NamedFiles}
 */
const there = (name, path) => (path && existsSync(path) ? [[name, path]] : []);

/**
 * The files that variables name and that are there: `secret` ones (`fileVariables` is the server's list), and `config`, the
 * configuration file that the server is going to read.
 * @param {NodeJS.ProcessEnv} environment
 * @param {readonly string[]} fileVariables
 */
export function namedFiles(environment, fileVariables) {
  const usual = ['json', 'toml', 'yaml', 'yml', 'dotenv', 'env'].map((extension) => `/etc/neko/neko.${extension}`);
  return {
    secret: [...fileVariables, ...KEYS].flatMap((name) => there(name, environment[name])),
    config: there('NEKO_CONFIG', environment.NEKO_CONFIG || usual.find((path) => existsSync(path))),
  };
}

/**
 * Copies a file to where the server's user can read it; returns undefined, after a warning, when that fails.
 * @param {string} path
 * @param {string} copy
 * @param {Guard} guard
 */
function copyForServer(path, copy, { server, say }) {
  try {
    copyFileSync(path, copy);
    chmodSync(copy, 0o400);
    chownSync(copy, server.uid, server.gid);
    return copy;
  } catch (error) {
    say(`${path} cannot be read (${errorCode(error)}).`);
    return undefined;
  }
}

/**
 * Protects the files of `namedFiles`. Returns the variables that have to change: a file that the server's user cannot read is
 * copied into its private `folder`. Files that applications can still read get a warning.
 * @param {{ secret: NamedFiles, config: NamedFiles }} files
 * @param {string} folder
 * @param {Guard} guard
 */
export function guardSecretFiles({ secret, config }, folder, guard) {
  const { desktop, server, say } = guard;
  /** @type {Record<string, string>} */
  const changed = {};
  if (secret.some(([, path]) => path.startsWith(`${MOUNTED}/`))) closeFolder(server);
  for (const [name, path] of secret) {
    if (mayRead(desktop, [path]))
      say(`${name}: applications can read ${path}. Give it to the user ${server.uid} or to root, with mode 0400.`);
  }
  for (const [name, path] of [...secret, ...config]) {
    if (mayRead(server, [path])) continue;
    const copy = copyForServer(path, join(folder, `${name}.${basename(path)}`), guard);
    if (copy !== undefined) changed[name] = copy;
  }
  return changed;
}

// The part of the environment that only the server may see, and the files that hand it over: every process of a user can read
// the environment of its other processes, and supervisor passes its own on to each program.
import { chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** @import { Owner } from './session-user.mjs' */

/**
 * The part for the server only.
 * @typedef {object} PrivatePart
 * @property {NodeJS.ProcessEnv} environment
 * @property {readonly string[]} [args]
 */

/**
 * The two halves of an environment.
 * @param {NodeJS.ProcessEnv} env
 * @param {(name: string) => boolean} mayHoldSecret
 */
export function splitEnvironment(env, mayHoldSecret) {
  /** @param {boolean} isWithheld */
  const half = (isWithheld) => Object.fromEntries(Object.entries(env).filter(([name]) => mayHoldSecret(name) === isWithheld));
  return { open: half(false), withheld: half(true) };
}

/**
 * Writes the file for bin/private-environment.mjs into the private folder, for the server's user alone.
 * @param {string} folder
 * @param {PrivatePart} part
 * @param {Owner} user
 */
export function writePrivate(folder, { environment, args }, user) {
  const files = { 'environment.json': environment, 'arguments.json': args };
  for (const [name, content] of Object.entries(files)) {
    if (content === undefined) continue;
    const path = join(folder, name);
    writeFileSync(path, JSON.stringify(content), { mode: 0o600, flag: 'wx' });
    if (process.getuid?.() === 0) chownSync(path, user.uid, user.gid);
  }
}

// The server's files (sessions, members) and its configuration file are where the container's operator mounted them, mostly
// owned by the desktop's user, as which neko's server runs.
import { chmodSync, chownSync, existsSync, lstatSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { errorCode } from '../error-code.mjs';
import { serverModule } from '../server-module.mjs';
import { mayRead } from '../session/session-user.mjs';

/** @import { Guard, Owner } from '../session/session-user.mjs' */

/** @param {string} path */
const readFile = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined);

/**
 * The server's configuration, as far as it can be read here; the server itself reports a wrong one.
 * @param {string} main
 */
async function effective(main) {
  const { loadConfig } = await serverModule(main, 'load');
  const loaded = loadConfig({ argv: [], env: process.env, readFile });
  return loaded.ok ? loaded.value : undefined;
}

/**
 * Makes a file readable for the server only; a link is left as it is.
 * @param {string} file
 * @param {Owner} server
 */
function giveFile(file, server) {
  if (!existsSync(file) || !lstatSync(file).isFile()) return;
  // First owned by us: root without further capabilities can only change the mode of its own files.
  chownSync(file, 0, 0);
  chmodSync(file, 0o600);
  chownSync(file, server.uid, server.gid);
}

/**
 * Gives files to the server, and their folder too where it was the desktop user's: files are replaced in it.
 * @param {string} folder
 * @param {readonly [string, ...string[]]} names
 * @param {Guard} guard
 */
function give(folder, names, { desktop, server, say }) {
  try {
    if (!existsSync(folder) || !lstatSync(folder).isDirectory()) return;
    for (const name of names) giveFile(join(folder, name), server);
    const owner = lstatSync(folder).uid;
    // The desktop user's home stays that user's.
    if (`${desktop.home}/`.startsWith(`${folder}/`))
      say(`${folder}: applications may write here. Let ${names[0]} lie in a folder of its own.`);
    else if (owner === desktop.uid) chownSync(folder, server.uid, -1);
  } catch (error) {
    say(`${folder}/${names[0]} cannot be given to the server (${errorCode(error)}).`);
  }
}

/**
 * The folder of the programs' logs: supervisor writes there as root, the server may write there, applications may not.
 * @param {string} folder
 * @param {Guard} guard
 */
function closeLogs(folder, { server, say }) {
  try {
    chownSync(folder, 0, server.gid);
    chmodSync(folder, 0o1775);
  } catch (error) {
    say(`${folder} cannot be kept from applications (${errorCode(error)}).`);
  }
}

/** @param {string} path */
const isMount = (path) =>
  readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .some((line) => line.split(' ')[4] === path);

/**
 * Closes a configuration file with secrets in it to applications, where it is the image's own.
 * @param {string} path
 * @param {Guard} guard
 */
function closeConfig(path, { desktop, server, say }) {
  if (!mayRead(desktop, [path])) return;
  if (!isMount(path) && lstatSync(path).isFile()) {
    chownSync(path, 0, server.gid);
    chmodSync(path, 0o640);
  }
  if (mayRead(desktop, [path]))
    say(
      `${path}: applications can read the secrets in it. Put them into files of their own (NEKO_…_FILE), or give it the group ` +
        `${server.gid} and mode 0640.`,
    );
}

/**
 * Sets the owners and modes of the log folder and of the files that the effective configuration names. `main` is the URL of
 * dist/server/main.js.
 * @param {string} main
 * @param {string} logs
 * @param {Guard} guard
 */
export async function guardConfiguredFiles(main, logs, guard) {
  closeLogs(logs, guard);
  const loaded = await effective(main);
  if (loaded === undefined) return;
  const { session, member, log } = loaded.config;
  if (log.dir !== undefined) give(log.dir, ['neko-latest.log'], guard);
  for (const path of [session.file, member.provider === 'file' ? member.file.path : undefined])
    if (path !== undefined) give(dirname(path), [basename(path), `${basename(path)}.passwords`], guard);
  const { KEYS } = await serverModule(main, 'schema');
  const origins = KEYS.filter(({ key }) => key.sensitive).map(({ slot }) => loaded.origins.get(slot));
  for (const path of new Set(origins.flatMap((origin) => (origin?.kind === 'file' ? [origin.path] : []))))
    closeConfig(path, guard);
}

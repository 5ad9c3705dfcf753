// What the server keeps over restarts (sessions, members) and its configuration file lie where whoever runs the container
// mounted them, mostly owned by the user of the desktop, as whom neko's server runs.
import { chmodSync, chownSync, existsSync, lstatSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { mayRead } from './session-user.mjs';

const readFile = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined);

/** What the server will run on, as far as it can be told here; a wrong configuration is for the server to complain about. */
async function effective(main) {
  const { loadConfig } = await import(new URL('config/load.js', main).href);
  const loaded = loadConfig({ argv: [], env: process.env, readFile });
  return loaded.ok ? loaded.value : undefined;
}

/** Gives a file, and the folder that it is replaced in, to the server; a link is left alone. */
function give(path, { desktop, server, say }) {
  try {
    const folder = dirname(path);
    if (!existsSync(folder) || lstatSync(folder).isSymbolicLink()) return;
    const owner = lstatSync(folder).uid;
    // The desktop user's home stays that user's.
    const isHome = `${desktop.home}/`.startsWith(`${folder}/`);
    for (const file of [path, `${path}.passwords`]) {
      if (!existsSync(file) || !lstatSync(file).isFile()) continue;
      // First ours: root without further rights changes the mode of its own files alone.
      chownSync(file, 0, 0);
      chmodSync(file, 0o600);
      chownSync(file, server.uid, server.gid);
    }
    if (owner === desktop.uid && !isHome) chownSync(folder, server.uid, -1);
    else if (isHome || (owner !== server.uid && owner !== 0))
      say(`${path}: applications may write to its folder. Let it lie in a folder of its own.`);
  } catch (error) {
    say(`${path} cannot be given to the server (${error.code}).`);
  }
}

/** The folder of log files: the server writes there, supervisor as root too, applications do not. */
function giveLogs(folder, { server, say }) {
  try {
    if (!existsSync(folder) || !lstatSync(folder).isDirectory()) return;
    chownSync(folder, 0, server.gid);
    chmodSync(folder, 0o1775);
    const latest = join(folder, 'neko-latest.log');
    if (existsSync(latest) && lstatSync(latest).isFile()) chownSync(latest, server.uid, server.gid);
  } catch (error) {
    say(`${folder} cannot be kept from applications (${error.code}).`);
  }
}

const isMount = (path) =>
  readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .some((line) => line.split(' ')[4] === path);

/** Closes a configuration file with secrets in it to applications, where it is the image's own. */
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

/** Sees to the files that the effective configuration names; `say` hears of what stays open to applications. */
export async function guardConfiguredFiles({ main, ...context }) {
  giveLogs(process.env.SESSION_LOGS, context);
  const loaded = await effective(main);
  if (loaded === undefined) return;
  const { session, member, log } = loaded.config;
  if (log.dir !== undefined) giveLogs(log.dir, context);
  for (const path of [session.file, member.provider === 'file' ? member.file.path : undefined])
    if (path !== undefined) give(path, context);
  const { KEYS } = await import(new URL('config/schema.js', main).href);
  const origins = KEYS.filter(({ key }) => key.sensitive).map(({ slot }) => loaded.origins.get(slot));
  for (const path of new Set(origins.filter((origin) => origin?.kind === 'file').map((origin) => origin.path)))
    closeConfig(path, context);
}

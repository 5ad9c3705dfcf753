// Files that variables name and that hold secrets: the server must be able to read them, applications must not.
import { chmodSync, chownSync, copyFileSync, existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { mayRead } from './session-user.mjs';

/** Where container engines mount secrets, mostly readable by all. The folder itself is the container's own. */
const MOUNTED = '/run/secrets';

/** TLS keys, by both of their names. */
const KEYS = /^NEKO_(SERVER_)?KEY$/;

const namesSecretFile = (name, env) =>
  (/^NEKO_.*_FILE$/.test(name) && env[name.slice(0, -'_FILE'.length)] === undefined) || KEYS.test(name);

function closeFolder(server) {
  try {
    chownSync(MOUNTED, 0, server.gid);
    chmodSync(MOUNTED, 0o750);
  } catch {
    // Mounted read-only; what that means for each file is said below.
  }
}

/** The configuration file that the server is going to read, if it is one of the usual ones. */
function configFile(environment) {
  const usual = ['json', 'toml', 'yaml', 'yml', 'dotenv', 'env'].map((extension) => `/etc/neko/neko.${extension}`);
  return environment.NEKO_CONFIG || usual.find((path) => existsSync(path));
}

/** Copies a file to where the server's user can read it; undefined, and said, when even that cannot be done. */
function copyFor(server, path, copy, say) {
  try {
    copyFileSync(path, copy);
    chmodSync(copy, 0o400);
    chownSync(copy, server.uid, server.gid);
    return copy;
  } catch (error) {
    say(`${path} cannot be read (${error.code}).`);
    return undefined;
  }
}

/**
 * Sees to the files that `environment` names, and to the configuration file. Returns the variables that have to change: a file that the server's user cannot
 * read is copied into its private folder. What applications can read all the same is said.
 */
export function guardSecretFiles({ environment, folder, desktop, server, say }) {
  const changed = {};
  const files = Object.entries(environment).filter(
    ([name, path]) => path && namesSecretFile(name, environment) && existsSync(path),
  );
  if (files.some(([, path]) => path.startsWith(`${MOUNTED}/`))) closeFolder(server);
  for (const [name, path] of files) {
    if (mayRead(desktop, [path]))
      say(`${name}: applications can read ${path}. Give it to the user ${server.uid} or to root, with mode 0400.`);
  }
  const config = configFile(environment);
  for (const [name, path] of config === undefined ? files : [...files, ['NEKO_CONFIG', config]]) {
    if (!existsSync(path) || mayRead(server, [path])) continue;
    const copy = copyFor(server, path, join(folder, `${name}.${basename(path)}`), say);
    if (copy !== undefined) changed[name] = copy;
  }
  return changed;
}

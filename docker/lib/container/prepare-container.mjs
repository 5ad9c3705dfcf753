// Runs as root before supervisor starts in the container: secrets move to where only the server's user can read them; the
// container's log warns about secrets that applications can still read, and about what will not work. Prints words for
// bin/session.
import { chownSync, existsSync, lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { serverModule } from '../server-module.mjs';
import { splitEnvironment, writePrivate } from '../session/private-environment.mjs';
import { mayRead, userNamed } from '../session/session-user.mjs';
import { sandboxAdvice, sandboxWorks } from './chromium-sandbox.mjs';
import { guardConfiguredFiles } from './configured-files.mjs';
import { policyWarnings } from './policy-files.mjs';
import { guardSecretFiles, namedFiles } from './secret-files.mjs';

/** @import { Owner } from '../session/session-user.mjs' */

const MAIN = 'file:///opt/neko/dist/server/main.js';
/** Generated passwords live as long as the container. */
const KEPT = new Set(['generated.passwords']);
/**
 * A variable that the image sets.
 * @param {string} name
 */
function ofImage(name) {
  const value = process.env[name];
  if (value === undefined) throw new Error(`The variable ${name} is not set, which comes with the image.`);
  return value;
}

const folder = ofImage('SESSION_PRIVATE');

/** @param {string} line */
const say = (line) => console.error(`neko: ${line}`);

/** The private folder, emptied of files of an earlier start: owned by the server, and readable for root without further capabilities. */
function openPrivateFolder() {
  mkdirSync(folder, { recursive: true, mode: 0o750 });
  chownSync(folder, 0, 0);
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (!KEPT.has(name) || !lstatSync(path).isFile()) rmSync(path, { recursive: true });
  }
}

/** @param {Owner} server */
function closePrivateFolder(server) {
  mkdirSync(join(folder, 'tmp'), { mode: 0o700 });
  chownSync(join(folder, 'tmp'), server.uid, server.gid);
  chownSync(folder, server.uid, 0);
}

/** @param {Owner} desktop */
function chromiumFlags(desktop) {
  if (!existsSync('/usr/bin/chromium')) return '';
  if (sandboxWorks(desktop)) return '';
  say(sandboxAdvice);
  return '--no-sandbox';
}

async function prepare() {
  const desktop = userNamed(ofImage('USER'));
  const server = userNamed(ofImage('SESSION_SERVER_USER'));
  const { mayHoldSecret, SECRET_FILE_VARIABLES } = await serverModule(MAIN, 'secretFiles');
  const { withheld } = splitEnvironment(process.env, mayHoldSecret);
  openPrivateFolder();
  const files = namedFiles(process.env, SECRET_FILE_VARIABLES);
  const guard = { desktop, server, say };
  const environment = { ...withheld, ...guardSecretFiles(files, folder, guard) };
  writePrivate(folder, { environment }, server);
  closePrivateFolder(server);
  await guardConfiguredFiles(MAIN, ofImage('SESSION_LOGS'), guard);
  for (const warning of policyWarnings((path) => mayRead(desktop, [path]))) say(warning);
  const forgotten = Object.keys(environment).flatMap((name) => ['-u', name]);
  return [...forgotten, `SESSION_CHROMIUM_FLAGS=${process.env.SESSION_CHROMIUM_FLAGS || chromiumFlags(desktop)}`];
}

console.log((await prepare()).join('\n'));

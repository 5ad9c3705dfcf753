// The environment of a session of npm start: the variables of supervisor and its programs, and those of the server.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { sandboxAdvice, sandboxWorks } from '../container/chromium-sandbox.mjs';
import { serverModule } from '../server-module.mjs';
import { splitEnvironment, writePrivate } from './private-environment.mjs';

/** @import { Product } from '../container/readable-copy.mjs' */
/** @import { SessionFolder } from './session-folder.mjs' */
/** @import { Owner, Users } from './session-user.mjs' */

/** Kept of the caller's environment: settings of the server, the locale, and how programs and certificates are found. */
const KEPT =
  /^(NEKO_|LC_|SSL_CERT_|NODE_EXTRA_CA_CERTS$|NODE_OPTIONS$|PATH$|LANG$|TZ$|TERM$|https?_proxy$|no_proxy$|HTTPS?_PROXY$|NO_PROXY$)/;

/** Names of neko 2 settings without our prefix; the server reads them, too. */
const LEGACY = /^(ICE_SERVERS|STUN_PORT|WEBRTC_(ADVERTISE_IP|IPS|PORT))$/;

/**
 * One word of a command, quoted for supervisor, which reads commands as a shell does.
 * @param {string} word
 */
export const quote = (word) => `'${word.replaceAll("'", `'"'"'`)}'`;

/**
 * Flags that switch Chromium's sandbox off where it cannot work, with a warning.
 * @param {Owner} user
 */
function chromiumFlags(user) {
  if (sandboxWorks(user)) return '';
  console.error(`! ${sandboxAdvice}`);
  return '--no-sandbox';
}

/**
 * @typedef {object} SessionParts
 * @property {Product} product
 * @property {Users} users
 * @property {SessionFolder} folder
 * @property {readonly string[]} args  of the server
 */

/**
 * Resolves to the environment of supervisor; secrets and the server's arguments go into the private part of the folder.
 * @param {SessionParts} parts
 */
export async function prepareEnvironment({ product, users: { desktop, server }, folder, args }) {
  const kept = Object.fromEntries(Object.entries(process.env).filter(([name]) => KEPT.test(name) || LEGACY.test(name)));
  const main = join(product.root, 'dist/server/main.js');
  const { mayHoldSecret } = await serverModule(pathToFileURL(main), 'secretFiles');
  const { open, withheld } = splitEnvironment(kept, mayHoldSecret);
  writePrivate(folder.at('private'), { environment: withheld, args }, server);
  const preload = pathToFileURL(join(product.root, 'docker/bin/private-environment.mjs')).href;
  return {
    ...open,
    USER: desktop.name,
    HOME: desktop.home,
    DISPLAY: `:${folder.number}`,
    XAUTHORITY: folder.at('run/Xauthority'),
    XDG_RUNTIME_DIR: folder.at('run'),
    // Ended browsers leave files behind; these are removed with the folder.
    TMPDIR: folder.at('run/tmp'),
    PULSE_SERVER: `unix:${folder.pulseSocket}`,
    DBUS_SESSION_BUS_ADDRESS: 'unix:path=/dev/null',
    SESSION_SUPERVISOR_USER: process.getuid?.() === 0 ? 'root' : desktop.name,
    SESSION_RUN: folder.path,
    SESSION_LOGS: folder.at('log'),
    SESSION_HOME: join(desktop.home, `.local/share/neko/desktop-${folder.number}`),
    SESSION_FILES: join(product.root, 'docker'),
    SESSION_APPS: join(product.root, 'docker/apps'),
    SESSION_PROGRAMS: ['docker/programs/*.conf', 'docker/apps/chromium/*.conf'].map((path) => join(product.root, path)).join(' '),
    SESSION_PULSE_SCRIPT: folder.at('run/default.pa'),
    SESSION_CHROMIUM_FLAGS: chromiumFlags(desktop),
    SESSION_PRIVATE: folder.at('private'),
    SESSION_SERVER: [product.node, '--import', preload, main].map(quote).join(' '),
    SESSION_SERVER_USER: server.name,
    SESSION_SERVER_HOME: server.home,
    SESSION_SERVER_AUTHORITY: folder.at('private/Xauthority'),
    SESSION_SERVER_OUT: folder.at('output/neko.out'),
    SESSION_SERVER_ERR: folder.at('output/neko.err'),
  };
}

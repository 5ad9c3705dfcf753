// The folder of one running session, which also reserves its display number: sockets, cookies and logs. If root started the
// session, the folder is root's, and desktop and server each have a part that the other cannot enter.
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorCode, errorMessage } from '../error-code.mjs';
import { processAlive } from '../process-alive.mjs';
import { Stop } from '../setup/progress.mjs';

/** @import { Owner, Users } from './session-user.mjs' */

const FIRST_DISPLAY = 99;
const TRIED_DISPLAYS = 100;

/** @param {number} pid */
const runs = (pid) => Number.isInteger(pid) && pid > 0 && processAlive(pid);
/** @param {number} number */
const displayTaken = (number) =>
  existsSync(`/tmp/.X11-unix/X${number}`) ||
  existsSync(`/tmp/.X${number}-lock`) ||
  readFileSync('/proc/net/unix', 'utf8').includes(`@/tmp/.X11-unix/X${number}\n`);

/**
 * Makes the folder, or takes over that of an ended session; false when the number is in use.
 * @param {string} path
 * @param {number} number
 */
function reserve(path, number) {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST')
      throw new Stop(
        `The session's folder cannot be made: ${errorMessage(error)}\nTMPDIR names another place for it: TMPDIR=/var/tmp npm start`,
      );
    try {
      if (runs(Number(readFileSync(join(path, 'pid'), 'utf8')))) return false;
      rmSync(path, { recursive: true });
      mkdirSync(path, { mode: 0o700 });
    } catch {
      return false;
    }
  }
  if (!displayTaken(number)) {
    writeFileSync(join(path, 'pid'), String(process.pid));
    return true;
  }
  rmSync(path, { recursive: true, force: true });
  return false;
}

/**
 * Removes the files of a killed X server; those of another user stay.
 * @param {number} number
 */
function removeStaleDisplay(number) {
  const lock = `/tmp/.X${number}-lock`;
  if (!existsSync(lock) || runs(Number(readFileSync(lock, 'utf8')))) return;
  for (const path of [lock, `/tmp/.X11-unix/X${number}`]) {
    try {
      rmSync(path, { force: true });
    } catch {
      // Another user's.
    }
  }
}

/**
 * An Xauthority file with one MIT-MAGIC-COOKIE-1 entry for every address of that display (family 65535).
 * @param {number} number
 */
function authority(number) {
  /** @param {Buffer} bytes */
  const field = (bytes) => Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), Buffer.from(bytes)]);
  const parts = [Buffer.from(''), Buffer.from(String(number)), Buffer.from('MIT-MAGIC-COOKIE-1'), randomBytes(16)];
  return Buffer.concat([Buffer.from([255, 255]), ...parts.map(field)]);
}

/**
 * The parts: `run` for the desktop, `private` for the server, `sound` for the socket of PulseAudio, which the server reaches
 * through its group, `log` to be read by all, and `output` for what the server prints, generated passwords among it.
 * @param {string} path
 * @param {Users} users
 */
function layOut(path, { desktop, server }) {
  const root = process.getuid?.() === 0 ? { uid: 0, gid: 0 } : desktop;
  /** @type {readonly (readonly [name: string, owner: Owner, mode: number])[]} */
  const parts = [
    ['.', root, 0o711],
    ['run', desktop, 0o700],
    ['run/pulse', desktop, 0o700],
    ['run/tmp', desktop, 0o700],
    ['sound', { uid: desktop.uid, gid: server.gid }, 0o710],
    ['log', root, 0o755],
    ['output', root, 0o700],
    ['private', server, 0o700],
    ['private/tmp', server, 0o700],
  ];
  for (const [name, owner, mode] of parts) {
    const folder = join(path, name);
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, mode);
    if (process.getuid?.() === 0) chownSync(folder, owner.uid, owner.gid);
  }
}

/**
 * Writes a file that its owner alone may read.
 * @param {string} path
 * @param {string | Buffer} content
 * @param {Owner} owner
 */
function writeOwned(path, content, owner) {
  writeFileSync(path, content, { mode: 0o600, flag: 'wx' });
  if (process.getuid?.() === 0) chownSync(path, owner.uid, owner.gid);
}

/**
 * @typedef {object} SessionFolder
 * @property {string} path
 * @property {number} number  of the display
 * @property {(name: string) => string} at  the path of a part
 * @property {string} pulseSocket
 * @property {() => void} remove
 */

/**
 * Reserves a free display and lays out its folder; `template` is the PulseAudio script, whose socket moves in. Throws Stop.
 * @param {Users} users
 * @param {string} template
 * @returns {SessionFolder}
 */
export function openSessionFolder(users, template) {
  for (let number = FIRST_DISPLAY; number < FIRST_DISPLAY + TRIED_DISPLAYS; number += 1) {
    const path = join(tmpdir(), `neko-session-${number}`);
    if (!reserve(path, number)) continue;
    /** @param {string} name */
    const at = (name) => join(path, name);
    layOut(path, users);
    const cookie = authority(number);
    writeOwned(at('run/Xauthority'), cookie, users.desktop);
    writeOwned(at('private/Xauthority'), cookie, users.server);
    writeOwned(at('run/default.pa'), template.replaceAll('/tmp/pulseaudio.socket', at('sound/pulseaudio.socket')), users.desktop);
    return {
      path,
      number,
      at,
      pulseSocket: at('sound/pulseaudio.socket'),
      remove() {
        rmSync(path, { recursive: true, force: true });
        removeStaleDisplay(number);
      },
    };
  }
  throw new Stop(
    `No display from :${FIRST_DISPLAY} to :${FIRST_DISPLAY + TRIED_DISPLAYS - 1} is free.\n` +
      'End what runs there, or set NEKO_DESKTOP_DISPLAY to a running display.',
  );
}

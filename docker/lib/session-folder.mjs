// The private folder of one running session, which also reserves its display number: sockets, cookies and logs.
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processAlive } from './process-alive.mjs';
import { Stop } from './progress.mjs';

const FIRST_DISPLAY = 99;
const TRIED_DISPLAYS = 100;

const runs = (pid) => Number.isInteger(pid) && pid > 0 && processAlive(pid);
const displayTaken = (number) =>
  existsSync(`/tmp/.X11-unix/X${number}`) ||
  existsSync(`/tmp/.X${number}-lock`) ||
  readFileSync('/proc/net/unix', 'utf8').includes(`@/tmp/.X11-unix/X${number}\n`);

/** Makes the folder, or takes over that of a session whose process is gone; false when the number is in use. */
function reserve(path, number) {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (error.code !== 'EEXIST')
      throw new Stop(
        `The session's folder cannot be made: ${error.message}\nTMPDIR names another place for it: TMPDIR=/var/tmp npm start`,
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

/** Removes what an X server that was killed leaves behind; another's files stay. */
function removeStaleDisplay(number) {
  const lock = `/tmp/.X${number}-lock`;
  if (!existsSync(lock) || runs(Number(readFileSync(lock, 'utf8')))) return;
  for (const path of [lock, `/tmp/.X11-unix/X${number}`]) {
    try {
      rmSync(path, { force: true });
    } catch {
      // Somebody else's.
    }
  }
}

/** An Xauthority file with one MIT-MAGIC-COOKIE-1 entry for every address of that display (family 65535). */
function authority(number) {
  const field = (bytes) => Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), Buffer.from(bytes)]);
  const parts = [Buffer.from(''), Buffer.from(String(number)), Buffer.from('MIT-MAGIC-COOKIE-1'), randomBytes(16)];
  return Buffer.concat([Buffer.from([255, 255]), ...parts.map(field)]);
}

/**
 * Reserves a free display and lays out its folder for `user`; `template` is the PulseAudio script, whose socket moves in.
 * Returns `{ path, number, authority, pulseScript, pulseSocket, logs, remove() }`. Throws Stop.
 */
export function openSessionFolder(user, template) {
  for (let number = FIRST_DISPLAY; number < FIRST_DISPLAY + TRIED_DISPLAYS; number += 1) {
    const path = join(tmpdir(), `neko-session-${number}`);
    if (!reserve(path, number)) continue;
    const at = (name) => join(path, name);
    mkdirSync(at('log'), { mode: 0o755 });
    mkdirSync(at('pulse'), { mode: 0o700 });
    mkdirSync(at('tmp'), { mode: 0o700 });
    writeFileSync(at('Xauthority'), authority(number), { mode: 0o600 });
    writeFileSync(at('default.pa'), template.replaceAll('/tmp/pulseaudio.socket', at('pulseaudio.socket')));
    if (process.getuid() === 0) {
      for (const owned of [path, at('log'), at('pulse'), at('tmp'), at('Xauthority'), at('default.pa')])
        chownSync(owned, user.uid, user.gid);
    }
    return {
      path,
      number,
      authority: at('Xauthority'),
      pulseScript: at('default.pa'),
      pulseSocket: at('pulseaudio.socket'),
      logs: at('log'),
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

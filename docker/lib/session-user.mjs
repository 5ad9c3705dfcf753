// Who the session runs as: whoever started it, or the unprivileged user `neko` when that was root.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { Stop } from './progress.mjs';

const NAME = 'neko';

function lookUp(name) {
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [user, , uid, gid, , home] = line.split(':');
    if (user === name) return { name, uid: Number(uid), gid: Number(gid), home };
  }
  return undefined;
}

/** The user of the session, made when it is missing: `{ name, uid, gid, home }`. Throws Stop. */
export function sessionUser() {
  if (process.getuid() !== 0) {
    const { username, uid, gid, homedir } = userInfo();
    return { name: username, uid, gid, home: homedir };
  }
  const known = lookUp(NAME);
  if (known) return known;
  const made = spawnSync('useradd', ['--create-home', '--user-group', '--shell', '/bin/bash', NAME], { encoding: 'utf8' });
  const user = lookUp(NAME);
  if (!user) {
    throw new Stop(
      `Applications never run as root, and the user "${NAME}" could not be made: ${made.error?.message ?? made.stderr.trim()}\n` +
        `Make it by hand (useradd --create-home ${NAME}), or start as an ordinary user.`,
    );
  }
  console.log(`✓ Made the user "${NAME}": applications never run as root`);
  return user;
}

/** Whether that user may read each of the paths (and enter the folders on the way). */
export function mayRead(user, paths) {
  if (user.uid === process.getuid()) return true;
  const script = 'for path; do test -r "$path" || exit 1; done';
  return spawnSync('sh', ['-c', script, 'sh', ...paths], { uid: user.uid, gid: user.gid, cwd: '/' }).status === 0;
}

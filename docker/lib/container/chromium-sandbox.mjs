// Chromium refuses to start where the kernel gives it neither of its two sandboxes: containers, mostly.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** @import { Owner } from '../session/session-user.mjs' */

const HELPER = '/usr/lib/chromium/chrome-sandbox';

/**
 * Whether Chromium can have a sandbox when `user` starts it: by user namespaces, or by its set-uid helper.
 * @param {Owner} user
 */
export function sandboxWorks(user) {
  /** @type {import('node:child_process').SpawnSyncOptionsWithStringEncoding} */
  const as = { uid: user.uid, gid: user.gid, cwd: '/', encoding: 'utf8' };
  if (spawnSync('unshare', ['--user', '--pid', '--fork', 'true'], as).status === 0) return true;
  if (!existsSync(HELPER)) return false;
  // Started by hand the helper always fails, but its message shows whether it got as far as its namespaces.
  const { stderr } = spawnSync(HELPER, ['/bin/true'], { ...as, env: { SBX_CHROME_API_PRV: '1' } });
  return typeof stderr === 'string' && !/failed to move|not setuid|operation not permitted/i.test(stderr);
}

/** The warning where it cannot. */
export const sandboxAdvice =
  'Chromium runs without its sandbox: this system lets ordinary users make no user namespaces. In a container, start it with ' +
  'the option --security-opt seccomp=docker/seccomp.json (as docker-compose.yaml does); elsewhere see the kernel settings ' +
  'user.max_user_namespaces, kernel.unprivileged_userns_clone and kernel.apparmor_restrict_unprivileged_userns.';

import { spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { waitFor } from '../../support/wait-for.js';

const DOCKER = fileURLToPath(new URL('../../../docker/', import.meta.url));
const FAILURES = 8;

function script(path: string, text: string): void {
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
}

test('supervisor starts a server that fails at once again and again, until it stays', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'supervise-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const at = (name: string) => join(folder, name);
  for (const name of ['private', 'path']) mkdirSync(at(name));
  cpSync(join(DOCKER, 'bin'), at('bin'), { recursive: true });
  // The display is not what is tested, and pauses need not be waited for.
  script(at('bin/when-display'), 'exec "$@"');
  script(at('path/sleep'), `echo "$1" >>'${at('pauses')}'`);
  script(
    at('server'),
    `echo "start $*" >>'${at('starts')}'; [ $(wc -l <'${at('starts')}') -gt ${FAILURES} ] || exit 1; exec /bin/sleep 1000`,
  );
  const child = spawn('/usr/bin/supervisord', ['-c', join(DOCKER, 'supervisord.conf')], {
    env: {
      PATH: `${at('path')}:/usr/bin:/bin`,
      DISPLAY: ':0',
      SESSION_SUPERVISOR_USER: userInfo().username,
      SESSION_RUN: folder,
      SESSION_LOGS: folder,
      SESSION_FILES: folder,
      SESSION_PROGRAMS: join(DOCKER, 'programs/neko.conf'),
      SESSION_PRIVATE: at('private'),
      SESSION_SERVER: at('server'),
      SESSION_SERVER_USER: userInfo().username,
      SESSION_SERVER_HOME: folder,
      SESSION_SERVER_AUTHORITY: '/dev/null',
      SESSION_SERVER_OUT: at('out'),
      SESSION_SERVER_ERR: at('err'),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (data) => {
    said += String(data);
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  onTestFinished(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  const lines = (name: string) => readFileSync(at(name), 'utf8').trimEnd().split('\n');
  await waitFor('the server to stay', () => said.split('spawned:').length === FAILURES + 2, 30_000).catch(() => {
    throw new Error(said);
  });
  expect(said).not.toContain('FATAL');
  await waitFor('its last start', () => lines('starts').length === FAILURES + 1);
  expect(lines('starts')[0]).toBe('start serve');
  expect(lines('pauses')).toEqual(['1', '2', '4', '8', '16', '30', '30', '30']);
});

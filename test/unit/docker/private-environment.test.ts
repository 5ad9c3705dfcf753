import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { splitEnvironment, writePrivate } from '../../../docker/lib/session/private-environment.mjs';
import { mayHoldSecret } from '../../../server/config/sources/secret-files.js';

test('secrets are taken out of the environment that programs get; other settings stay', () => {
  const env = { PATH: '/bin', NEKO_SCREEN: '800x600', NEKO_PASSWORD_ADMIN: 's3', ICE_SERVERS: '[]', NEKO_MY_TOKEN: 't' };
  expect(splitEnvironment(env, mayHoldSecret)).toEqual({
    open: { PATH: '/bin', NEKO_SCREEN: '800x600' },
    withheld: { NEKO_PASSWORD_ADMIN: 's3', ICE_SERVERS: '[]', NEKO_MY_TOKEN: 't' },
  });
});

test('what is withheld is handed over as written, in files for one user; a file in their place is not followed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'private-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const user = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const content = { environment: { NEKO_PASSWORD: ' \'"$x\n%(ENV_X)s;' }, args: [`--a=it's "so"`] };
  writePrivate(folder, content, user);
  expect(JSON.parse(readFileSync(join(folder, 'environment.json'), 'utf8'))).toEqual(content.environment);
  expect(JSON.parse(readFileSync(join(folder, 'arguments.json'), 'utf8'))).toEqual(content.args);
  expect(statSync(join(folder, 'environment.json')).mode & 0o777).toBe(0o600);
  expect(() => writePrivate(folder, content, user)).toThrow('EEXIST');
});

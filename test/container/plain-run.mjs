// The image as people start it who come from neko: docker run without a compose file, their files owned by its user 1000.
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorMessage } from '../../docker/lib/error-code.mjs';
import { expect, until } from './expect.mjs';

const NAME = 'neko-test-plain';
const IMAGE = 'neko-ts';
const NEKO_UID = 1000;

/** @import { Container } from './expect.mjs' */

/** @param {string} folder */
function layOut(folder) {
  const data = join(folder, 'data');
  const config = join(folder, 'neko.yaml');
  const policy = join(folder, 'policy.json');
  mkdirSync(data);
  chownSync(data, NEKO_UID, NEKO_UID);
  writeFileSync(join(data, 'sessions.json'), '[]', { mode: 0o600 });
  chownSync(join(data, 'sessions.json'), NEKO_UID, NEKO_UID);
  writeFileSync(config, 'session:\n  api_token: a-token-in-the-file-12345\nserver:\n  path_prefix: /desk\n');
  // Readable for the user of neko's server alone.
  chmodSync(config, 0o600);
  chownSync(config, NEKO_UID, NEKO_UID);
  writeFileSync(policy, '{\n  "URLBlocklist": ["*"\n}\n');
  return [
    ...['-v', `${data}:/data`, '-e', 'NEKO_SESSION_FILE=/data/sessions.json'],
    ...['-v', `${config}:/etc/neko/neko.yaml:ro`],
    ...['-v', `${policy}:/etc/chromium/policies/managed/own.json:ro`],
  ];
}

/**
 * @param {Pick<Container, 'test' | 'docker'>} engine
 * @param {(name: string) => string} logsOf
 */
export async function examinePlainRun({ test, docker }, logsOf) {
  const folder = mkdtempSync(join(tmpdir(), 'neko-plain-'));
  const health = () => docker('inspect', '-f', '{{.State.Health.Status}}', NAME).trim();
  try {
    await test('docker run alone, with the files of a set-up of neko, becomes healthy below the prefix of its YAML file', async () => {
      docker('run', '-d', '--name', NAME, '--health-interval', '1s', ...layOut(folder), IMAGE);
      await until('healthy', () => health() === 'healthy').catch((error) => {
        throw new Error(`${errorMessage(error)}\n${logsOf(NAME)}`);
      });
    });
    await test('there the server keeps its sessions in the folder that was the user’s of neko', () =>
      until('generated passwords', () => statSync(join(folder, 'data/sessions.json.passwords'), { throwIfNoEntry: false })).then(
        ({ mode, uid }) => expect((mode & 0o077) === 0 && uid !== NEKO_UID, `mode ${mode.toString(8)}, owner ${uid}`),
      ));
    await test('there the log says what is amiss: no sandbox, a policy file, readable secrets', async () => {
      const log = logsOf(NAME);
      for (const words of [
        'Chromium runs without its sandbox',
        'own.json: not valid JSON at line 3, column 1',
        '/etc/neko/neko.yaml: applications can read the secrets in it',
      ])
        expect(log.includes(words), `"${words}" is missing:\n${log}`);
      expect(!log.includes('a-token-in-the-file'), 'a secret stands in the log');
    });
  } finally {
    docker('rm', '-f', '-v', NAME);
    rmSync(folder, { recursive: true, force: true });
  }
}

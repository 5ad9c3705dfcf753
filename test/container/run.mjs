// The container test: builds the image with a real engine, runs docker compose up with the file as shipped, and looks at it
// from outside. Prints what it does; writes { passed, failed, skipped, notes } to RESULT_FILE.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../../docker/lib/command.mjs';
import { errorMessage } from '../../docker/lib/error-code.mjs';
import { step } from '../../docker/lib/setup/progress.mjs';
import { examineCrashes } from './crashes.mjs';
import { openEngine } from './engine.mjs';
import { expect, until } from './expect.mjs';
import { startingImages } from './images.mjs';
import { examineIsolation } from './isolation.mjs';
import { seePicture } from './picture.mjs';
import { examinePlainRun } from './plain-run.mjs';

/** @import { RunOptions } from '../../docker/lib/command.mjs' */
/** @import { Counts } from '../runner/phase.mjs' */
/** @import { Engine } from './engine.mjs' */
/** @import { Docker, Test } from './expect.mjs' */

const root = fileURLToPath(new URL('../..', import.meta.url));
const URL_OUTSIDE = 'http://127.0.0.1:8080';
const STOP_LIMIT_MS = 12_000;
/** The secrets of the test: one in a variable, one in a file as compose mounts it. The guests' password is generated. */
const TOKEN = randomBytes(24).toString('hex');
const ADMIN = randomBytes(12).toString('hex');

/** @type {Counts} */
const result = { passed: 0, failed: 0, skipped: 0, notes: [] };

/** @type {Test} */
async function test(name, body) {
  try {
    const detail = await body();
    result.passed += 1;
    console.log(`✓ ${name}${detail ? ` (${detail})` : ''}`);
  } catch (error) {
    result.failed += 1;
    result.notes.push(name);
    console.log(`✗ ${name}\n    ${errorMessage(error).split('\n').join('\n    ')}`);
  }
}

const isHealthy = () =>
  fetch(`${URL_OUTSIDE}/health`).then(
    (answer) => answer.ok,
    () => false,
  );

/**
 * What whoever uses the file as shipped adds: two secrets. Returns the path of the file.
 * @param {string} folder
 */
function writeOverride(folder) {
  writeFileSync(join(folder, 'admin'), `${ADMIN}\n`, { mode: 0o644 });
  const override = {
    services: {
      neko: {
        environment: { NEKO_SESSION_API_TOKEN: TOKEN, NEKO_MEMBER_MULTIUSER_ADMIN_PASSWORD_FILE: '/run/secrets/admin' },
        secrets: ['admin'],
      },
    },
    secrets: { admin: { file: join(folder, 'admin') } },
  };
  const path = join(folder, 'override.yaml');
  // JSON is YAML.
  writeFileSync(path, JSON.stringify(override));
  return path;
}

/**
 * @param {Engine} engine
 * @param {NodeJS.ProcessEnv} env
 */
async function examine(engine, env) {
  /** @type {Docker} */
  const docker = (...args) => execFileSync(engine.docker, args, { env, encoding: 'utf8' });
  const folder = mkdtempSync(join(tmpdir(), 'neko-compose-'));
  const secrets = writeOverride(folder);
  const files = ['-f', 'docker-compose.yaml', '-f', secrets, '-p', 'neko-test'];
  const [program, ...words] = engine.compose;
  /** @type {(args: readonly string[], options?: RunOptions) => Promise<string>} */
  const compose = (args, options) => run(program, [...words, ...files, ...args], { cwd: root, env, ...options });
  await test('the image builds', () => step('Building the image', (report) => compose(['build'], { report }).then(() => '')));
  if (result.failed > 0) return;
  try {
    await test('docker compose up', () => compose(['up', '-d']).then(() => ''));
    const id = docker('ps', '-aq', '--filter', 'label=com.docker.compose.project=neko-test').trim();
    /** @param {string} name */
    const logsOf = (name) => execFileSync('sh', ['-c', '"$0" logs "$1" 2>&1', engine.docker, name], { env, encoding: 'utf8' });
    const logs = () => logsOf(id);
    await test('answers on /health from outside', () => until('/health', isHealthy).then(() => ''));
    await test('is healthy for the engine', () =>
      until('healthy', () => docker('inspect', '-f', '{{.State.Health.Status}}', id).trim() === 'healthy').then(() => ''));
    const container = { test, docker, id, url: URL_OUTSIDE };
    await examineIsolation(container, { TOKEN, ADMIN });
    const links = () => [...logs().matchAll(/https?:\/\/\S+/g)].map(([link]) => link);
    await test('prints links with the generated passwords', () =>
      until('a link', () => links().find((link) => link.includes('password='))).then(() => ''));
    await test('shows its desktop to Chromium on this machine', async () => {
      const link = new URL(links().find((text) => text.includes('password=')) ?? URL_OUTSIDE);
      const seen = await seePicture(
        `${URL_OUTSIDE}${link.pathname}${link.search}${link.hash}`,
        join(tmpdir(), 'neko-container.png'),
      );
      return `${seen.width}x${seen.height}, ${seen.colours} colours`;
    });
    await examineCrashes(container, links, isHealthy);
    await test('ends in good order on SIGTERM', async () => {
      const startedMs = Date.now();
      docker('stop', '-t', '20', id);
      const seconds = (Date.now() - startedMs) / 1_000;
      expect(Date.now() - startedMs < STOP_LIMIT_MS, `took ${seconds} s`);
      expect(
        docker('inspect', '-f', '{{.State.ExitCode}}', id).trim() === '0',
        `exit code ${docker('inspect', '-f', '{{.State.ExitCode}}', id)}`,
      );
      return `${seconds.toFixed(1)} s`;
    });
    await examinePlainRun(container, logsOf);
    if (result.failed > 0) console.log(`--- the container's log\n${logs().split('\n').slice(-80).join('\n')}`);
  } finally {
    await compose(['down', '-v', '--rmi', 'local']);
    rmSync(folder, { recursive: true });
  }
}

const engine = await openEngine();
if ('missing' in engine) {
  console.log(`\n${'!'.repeat(100)}\nNO CONTAINER ENGINE: the container test is skipped. ${engine.missing}\n${'!'.repeat(100)}`);
  result.skipped += 1;
  result.notes.push(`no engine: ${engine.missing}`);
} else {
  try {
    const registry = execFileSync('npm', ['config', 'get', 'registry'], { cwd: root, encoding: 'utf8' }).trim();
    await examine(engine, { ...engine.env, ...(await startingImages(engine)), NPM_REGISTRY: registry });
  } catch (error) {
    result.failed += 1;
    console.error(errorMessage(error));
  } finally {
    await engine.stop();
  }
}
writeFileSync(process.env.RESULT_FILE ?? '/dev/null', JSON.stringify(result));
process.exit(result.failed > 0 ? 1 : 0);

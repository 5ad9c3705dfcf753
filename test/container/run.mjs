// The container test: builds the image with a real engine, runs docker compose up with the file as shipped, and looks at it
// from outside. Prints what it does; writes { passed, failed, skipped, notes } to RESULT_FILE.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../../docker/lib/command.mjs';
import { step } from '../../docker/lib/progress.mjs';
import { openEngine } from './engine.mjs';
import { startingImages } from './images.mjs';
import { seePicture } from './picture.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const URL_OUTSIDE = 'http://127.0.0.1:8080';
const READY_LIMIT_MS = 90_000;
const STOP_LIMIT_MS = 12_000;
const APPLICATIONS = /chromium|Xorg|pulseaudio|openbox|dist\/server\/main\.js/;

const result = { passed: 0, failed: 0, skipped: 0, notes: [] };

async function test(name, body) {
  try {
    const detail = await body();
    result.passed += 1;
    console.log(`✓ ${name}${detail ? ` (${detail})` : ''}`);
  } catch (error) {
    result.failed += 1;
    result.notes.push(name);
    console.log(`✗ ${name}\n    ${String(error.message).split('\n').join('\n    ')}`);
  }
}

async function until(what, reached) {
  const deadline = Date.now() + READY_LIMIT_MS;
  for (;;) {
    const value = await reached();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${READY_LIMIT_MS / 1_000} s`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function expect(fact, message) {
  if (!fact) throw new Error(message);
}

async function examine(engine, env) {
  const docker = (...args) => execFileSync(engine.docker[0], args, { env, encoding: 'utf8' });
  const compose = (args, options) =>
    run(engine.compose[0], [...engine.compose.slice(1), '-p', 'neko-test', ...args], { cwd: root, env, ...options });
  await test('the image builds', () => step('Building the image', (report) => compose(['build'], { report }).then(() => '')));
  if (result.failed > 0) return;
  try {
    await test('docker compose up', () => compose(['up', '-d']).then(() => ''));
    const id = docker('ps', '-aq', '--filter', 'label=com.docker.compose.project=neko-test').trim();
    const logs = () => execFileSync('sh', ['-c', '"$0" logs "$1" 2>&1', engine.docker[0], id], { env, encoding: 'utf8' });
    await test('answers on /health from outside', () =>
      until('/health', () =>
        fetch(`${URL_OUTSIDE}/health`).then(
          (answer) => answer.ok,
          () => false,
        ),
      ).then(() => ''));
    await test('is healthy for the engine', () =>
      until('healthy', () => docker('inspect', '-f', '{{.State.Health.Status}}', id).trim() === 'healthy').then(() => ''));
    await test('runs its programs as an unprivileged user', async () => {
      const lines = docker(
        'exec',
        id,
        'sh',
        '-c',
        'for p in /proc/[0-9]*; do echo "$(stat -c %U $p) $(tr "\\0" " " < $p/cmdline)"; done',
      ).split('\n');
      const found = lines.filter((line) => APPLICATIONS.test(line) && !line.includes('supervisord'));
      for (const program of ['chromium', 'Xorg', 'pulseaudio', 'openbox', 'main.js'])
        expect(
          found.some((line) => line.includes(program)),
          `${program} does not run:\n${lines.join('\n')}`,
        );
      const asRoot = found.filter((line) => !line.startsWith('neko ') && !line.includes('/proc/[0-9]*'));
      expect(asRoot.length === 0, `not as neko: ${asRoot.join('\n')}`);
    });
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
    await test('keeps supervising: a killed X server and server come back', async () => {
      const [, pid] = /^(\d+) Xorg$/m.exec(
        docker('exec', id, 'sh', '-c', 'for p in /proc/[0-9]*; do echo "$(basename $p) $(cat $p/comm)"; done'),
      );
      docker('exec', id, 'kill', '-9', pid);
      await until('the X server', () =>
        docker('exec', id, 'sh', '-c', 'cat /proc/[0-9]*/comm 2>/dev/null || true').includes('Xorg'),
      );
      await until('/health', () =>
        fetch(`${URL_OUTSIDE}/health`).then(
          (answer) => answer.ok,
          () => false,
        ),
      );
    });
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
    if (result.failed > 0) console.log(`--- the container's log\n${logs().split('\n').slice(-80).join('\n')}`);
  } finally {
    await compose(['down', '-v', '--rmi', 'local']);
  }
}

const engine = await openEngine();
if (engine.missing) {
  console.log(`\n${'!'.repeat(100)}\nNO CONTAINER ENGINE: the container test is skipped. ${engine.missing}\n${'!'.repeat(100)}`);
  result.skipped += 1;
  result.notes.push(`no engine: ${engine.missing}`);
} else {
  try {
    const registry = execFileSync('npm', ['config', 'get', 'registry'], { cwd: root, encoding: 'utf8' }).trim();
    await examine(engine, { ...engine.env, ...(await startingImages(engine)), NPM_REGISTRY: registry });
  } catch (error) {
    result.failed += 1;
    console.error(error.message);
  } finally {
    await engine.stop();
  }
}
writeFileSync(process.env.RESULT_FILE ?? '/dev/null', JSON.stringify(result));
process.exit(result.failed > 0 ? 1 : 0);

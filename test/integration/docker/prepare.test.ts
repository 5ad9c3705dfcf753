import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { waitFor } from '../../support/wait-for.js';

const LIB = fileURLToPath(new URL('../../../docker/lib/', import.meta.url));

interface Preparing {
  readonly child: ChildProcess;
  output(): string;
  /** The exit code, or the signal. */
  readonly ended: Promise<number | string | null>;
}

/** Runs `body` as the main function of a command, as npm start does; `run`, `step` and what `imports` names are at hand. */
function prepare(body: string, { imports = '', env = {} } = {}): Preparing {
  const script = `
    import { run } from '${LIB}command.mjs';
    import { runCommand, step } from '${LIB}setup/progress.mjs';
    ${imports}
    await runCommand(async () => { ${body} });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      output += String(data);
    });
  }
  const ended = new Promise<number | string | null>((resolve) => child.once('close', (code, signal) => resolve(code ?? signal)));
  return { child, output: () => output, ended };
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'prepare-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test('a step that fails shows what was said, and what can be done about it', async () => {
  const { output, ended } = prepare(`await step('Installing', () => run('sh', ['-c', 'echo E: Failed to fetch it; exit 100']));`);
  expect(await ended).toBe(1);
  expect(output()).toContain('✗ Installing');
  expect(output()).toContain('E: Failed to fetch it');
  expect(output()).toContain('failed (100)\nThe package archive cannot be reached');
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s during a step is passed on, and ending waits for what cannot be left half done', async (signal, code) => {
  const at = folder();
  const child = `trap 'touch ${at}/told' INT TERM; touch ${at}/begun; until [ -e ${at}/told ]; do sleep 0.05; done; touch ${at}/done`;
  const preparing = prepare(`await step('Installing', () => run('sh', ['-c', ${JSON.stringify(child)}]));`);
  await waitFor('the step to begin', () => existsSync(join(at, 'begun')));
  preparing.child.kill(signal);
  expect(await preparing.ended).toBe(code);
  expect(existsSync(join(at, 'done'))).toBe(true);
  expect(preparing.output()).toContain('Interrupted.');
});

test('a folder that cannot be made is named, without a stack', async () => {
  const missing = join(folder(), 'missing');
  const { output, ended } = prepare(
    `const user = { uid: process.getuid(), gid: process.getgid() }; openSessionFolder({ desktop: user, server: user }, '');`,
    {
      imports: `import { openSessionFolder } from '${LIB}session/session-folder.mjs';`,
      env: { TMPDIR: missing },
    },
  );
  expect(await ended).toBe(1);
  expect(output()).toContain(`cannot be made: ENOENT: no such file or directory, mkdir '${missing}/neko-session-`);
  expect(output()).toContain('TMPDIR names another place');
  expect(output()).not.toContain('    at ');
});

test('a file that may not be changed: whose it must become, without a stack', async () => {
  // Of these even root may remove none.
  const { output, ended } = prepare(`unlinkSync('/proc/self/status');`, { imports: `import { unlinkSync } from 'node:fs';` });
  expect(await ended).toBe(1);
  expect(output()).toContain(`unlink '/proc/self/status'\nA file or folder cannot be written to: make it yours (chown)`);
  expect(output()).not.toContain('    at ');
});

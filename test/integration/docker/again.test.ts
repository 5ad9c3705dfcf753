import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const AGAIN = fileURLToPath(new URL('../../../docker/bin/again', import.meta.url));

/** `again` with a `sleep` that returns at once. */
function started(folder: string, program = ['echo', 'runs']) {
  const stub = join(folder, 'sleep');
  writeFileSync(stub, '#!/bin/sh\necho "slept $1"\n');
  chmodSync(stub, 0o755);
  const { stdout, stderr, status } = spawnSync(AGAIN, [folder, 'it', ...program], {
    encoding: 'utf8',
    env: { PATH: `${folder}:/usr/bin:/bin` },
  });
  return { stdout, stderr, status };
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'again-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

const uptimeSeconds = () => Math.floor(Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]));

test('a program that ends soon is started again for ever, with pauses that double up to 30 s', () => {
  const at = folder();
  const pauses = Array.from({ length: 9 }, () => /^slept (\d+)$/m.exec(started(at).stdout)?.[1]);
  expect(pauses).toEqual([undefined, '1', '2', '4', '8', '16', '30', '30', '30']);
  expect(started(at).stderr).toContain('it ended soon after its start; the next try is in 30 s');
});

test('a run of a minute begins anew, and so does another boot', () => {
  const at = folder();
  for (const began of [uptimeSeconds() - 61, uptimeSeconds() + 1_000]) {
    writeFileSync(join(at, 'it.again'), `7 ${began}\n`);
    expect(started(at).stdout).toBe('runs\n');
  }
});

test.each(['', 'x', '1', '1 x', '-1 3', '$(touch /tmp/x) 1'])('a record that says %j costs nothing', (record) => {
  const at = folder();
  writeFileSync(join(at, 'it.again'), `${record}\n`);
  expect(started(at)).toMatchObject({ stdout: 'runs\n', status: 0 });
});

test('a folder that cannot be written to costs the pauses, not the program, whose arguments and exit code stay', () => {
  const { stdout, status } = spawnSync(AGAIN, ['/proc/nowhere', 'it', 'sh', '-c', 'echo "$1"; exit 7', 'sh', 'a \'b" c'], {
    encoding: 'utf8',
  });
  expect({ stdout, status }).toEqual({ stdout: 'a \'b" c\n', status: 7 });
});

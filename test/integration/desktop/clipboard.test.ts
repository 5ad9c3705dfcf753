import { type ChildProcess, spawn } from 'node:child_process';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Desktop } from '../../../server/desktop/desktop.js';
import { CLIPBOARD_TOO_LARGE } from '../../../server/protocol/events/clipboard.js';
import { waitFor } from '../../support/wait-for.js';
import { openTestDesktop, type TestDesktop } from './desktop-fixture.js';

let opened: TestDesktop;
let desktop: Desktop;
const children: ChildProcess[] = [];

beforeAll(async () => {
  opened = await openTestDesktop();
  desktop = opened.desktop;
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill();
});
afterAll(() => opened?.close());

/** Text with characters of one to four bytes, long enough to need an incremental transfer both ways. */
const LONG = 'ä€😀 long '.repeat(120_000);

function xclip(...options: string[]): ChildProcess {
  const child = spawn('xclip', ['-display', opened.display, '-selection', 'clipboard', ...options], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  children.push(child);
  return child;
}

/** Copies as an application does; xclip serves it until something else takes the clipboard. */
function copy(contents: string | Buffer, target = 'UTF8_STRING'): void {
  xclip('-in', '-quiet', '-target', target).stdin?.end(contents);
}

/** Pastes as an application does; undefined when refused. */
async function paste(target: string): Promise<Buffer | undefined> {
  const child = xclip('-out', '-target', target);
  const parts: Buffer[] = [];
  child.stdout?.on('data', (part: Buffer) => parts.push(part));
  const code = await new Promise((resolve) => child.once('close', resolve));
  return code === 0 ? Buffer.concat(parts) : undefined;
}

function nextChange(): Promise<void> {
  return new Promise((resolve) => {
    const release = desktop.clipboard.onChange(() => {
      release();
      resolve();
    });
  });
}

test('a clipboard that nobody owns is an error', async () => {
  expect(await desktop.clipboard.read()).toEqual({ ok: false, error: 'the clipboard is empty' });
  expect((await desktop.clipboard.image()).ok).toBe(false);
});

test.each([
  ['plain', 'hello'],
  ['any script', 'äöü €\nline 中文 😀'],
  ['empty', ''],
  ['long', LONG],
])('what is written can be pasted at once, and is told: %s', async (_name, text) => {
  const told = nextChange();
  expect(await desktop.clipboard.write({ text })).toEqual({ ok: true, value: undefined });
  expect((await paste('UTF8_STRING'))?.toString('utf8')).toBe(text);
  expect((await paste('text/plain;charset=utf-8'))?.toString('utf8')).toBe(text);
  await told;
  expect(await desktop.clipboard.read()).toEqual({ ok: true, value: { text } });
});

test('STRING is Latin-1; the offered targets are those of the contents', async () => {
  await desktop.clipboard.write({ text: 'ä中' });
  expect(await paste('STRING')).toEqual(Buffer.from([0xe4, 0x3f]));
  const plain = String(await paste('TARGETS'))
    .split('\n')
    .filter(Boolean);
  expect(plain).toEqual(['TARGETS', 'TIMESTAMP', 'UTF8_STRING', 'text/plain;charset=utf-8', 'text/plain', 'TEXT', 'STRING']);
  expect(await paste('text/html')).toBeUndefined();
  await desktop.clipboard.write({ text: 'b', html: '<b>b</b>' });
  expect(String(await paste('TARGETS'))).toContain('text/html');
  expect(String(await paste('text/html'))).toBe('<b>b</b>');
  expect(await desktop.clipboard.read()).toEqual({ ok: true, value: { text: 'b', html: '<b>b</b>' } });
});

test.each([
  ['any script', 'copied äöü 中文 😀'],
  ['long', LONG],
])('what an application copies is told and can be read: %s', async (_name, text) => {
  const told = nextChange();
  copy(text);
  await told;
  await waitFor('the text', async () => {
    const read = await desktop.clipboard.read();
    return read.ok && read.value.text === text;
  });
});

test('8 MiB of an application are read, a byte more is too large, and so is 20 MB announced; smaller ones go on', async () => {
  const limit = 8 << 20;
  for (const [bytes, fits] of [
    [limit, true],
    [limit + 1, false],
    [20_000_000, false],
    [5, true],
  ] as const) {
    const told = nextChange();
    copy('x'.repeat(bytes));
    await told;
    const read = await waitFor('an answer of the application', async () => {
      const answer = await desktop.clipboard.readText();
      return (answer.ok || answer.error === CLIPBOARD_TOO_LARGE) && answer;
    });
    expect(read.ok ? read.value?.length : read.error).toBe(fits ? bytes : CLIPBOARD_TOO_LARGE);
  }
});

test('readings at the same time are one, and those that come meanwhile share the next', async () => {
  const told = nextChange();
  copy('shared');
  await told;
  const reads = await Promise.all(Array.from({ length: 50 }, () => desktop.clipboard.readText()));
  expect(new Set(reads.map((read) => (read.ok ? read.value : read.error)))).toEqual(new Set(['shared']));
});

test('HTML and pictures of applications', async () => {
  let told = nextChange();
  copy(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 255]), 'image/png');
  await told;
  const image = await waitFor('the picture', async () => {
    const read = await desktop.clipboard.image();
    return read.ok && read.value;
  });
  expect([...image]).toEqual([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 255]);
  told = nextChange();
  copy('<i>x</i>', 'text/html');
  await told;
  await waitFor('the HTML', async () => {
    const read = await desktop.clipboard.read();
    return read.ok && read.value.html === '<i>x</i>';
  });
});

test('writing nothing empties the clipboard', async () => {
  await desktop.clipboard.write({});
  expect(await desktop.clipboard.read()).toEqual({ ok: true, value: { text: '' } });
});

test('an application that never answers costs an error, not a hang', async () => {
  const told = nextChange();
  copy('text');
  await told;
  const [owner] = children.slice(-1);
  await waitFor('the text', async () => (await desktop.clipboard.read()).ok);
  owner?.kill('SIGSTOP');
  expect((await desktop.clipboard.read()).ok).toBe(false);
  owner?.kill('SIGCONT');
});

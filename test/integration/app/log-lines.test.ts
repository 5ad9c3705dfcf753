import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLogger } from '../../../server/logging/logger.js';
import { waitFor } from '../../support/wait-for.js';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'log-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const SECRETS = ['correct horse battery', 'p%40ss w/rd&1'];
const FORGED = '20:00:00.000 INFO: session logged in {"account":"boss"}';

const END = 'the end of the test';

/** What a logger wrote into its file. */
async function written(json: boolean, write: (log: ReturnType<typeof createLogger>) => void): Promise<string> {
  const config = { level: 'trace', time: 'unix', json, color: true, dir } as const;
  const log = createLogger(config, SECRETS);
  write(log);
  log.info(END);
  const file = () => readFileSync(join(dir, 'neko-latest.log'), 'utf8');
  await waitFor('the last line', () => file().includes(END));
  return file().replace(new RegExp(`[^\\n]*${END}[^\\n]*\\n$`), '');
}

/** Wherever a text of a client's may stand. */
function everywhere(text: string, log: ReturnType<typeof createLogger>): void {
  log.warn({ account: text, address: '192.0.2.1' }, 'login refused');
  log.error({ error: text, err: text, reason: { deep: [text] } }, 'failed');
  log.error({ stack: text, name: text, msg: text, hostname: text, pid: text, caller: text }, 'failed');
  log.error(new Error(text));
  log.info({ [text]: 1 }, 'a key');
  log.debug(text);
  log.child({ part: 'x' }).debug({ event: text }, text);
}
const MESSAGES = 7;

const endings = [
  '\n',
  '\r\n',
  '\r',
  '\u2028',
  '\u2029',
  '\u0085',
  '\v',
  '\f',
  '\x1b[2K\x1b[1A',
  '\x9b2J',
  '\b\b\b',
  '\u202e',
  '\0',
];

test.each([true, false])('no text of a client begins a line or steers a terminal, json %s', async (json) => {
  const output = await written(json, (log) => {
    for (const ending of endings) everywhere(`Mallory${ending}${FORGED}${ending}`, log);
  });
  const lines = output.split('\n').slice(0, -1);
  expect(lines).toHaveLength(endings.length * MESSAGES);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
  expect(output).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202e]/);
  expect(lines.filter((line) => line.startsWith('20:00:00'))).toEqual([]);
});

test.each([true, false])('whatever the text, one message is one line, json %s', async (json) => {
  let expected = 0;
  const output = await written(json, (log) => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        everywhere(text, log);
        expected += MESSAGES;
      }),
    );
  });
  const lines = output.split(/[\n\r\u2028\u2029\u0085]/).slice(0, -1);
  expect(lines).toHaveLength(expected);
  if (json) for (const line of lines) JSON.parse(line);
});

test.each([
  ['a token in a URL', 'GET /api/whoami?token=abc.def&x=1'],
  ['an old password parameter', '/ws?usr=ann&pwd=abc.def'],
  ['an encoded pair', 'https://x/?a=1&password=abc.def#b'],
  ['a bearer', 'Authorization: Bearer abc.def'],
  ['a cookie', 'cookie: NEKO_SESSION=abc.def; other=1'],
  ['JSON', '{"username":"ann","password":"abc.def"}'],
  ['a session token', `session ${'Ab_-'.repeat(16)} is bad`],
  ['a configured secret', `login of ${SECRETS[0]}`],
  ['the same encoded', `/x?a=${encodeURIComponent(SECRETS[1]!)}`],
])('%s is hidden', async (_what, text) => {
  const output = await written(true, (log) => everywhere(text, log));
  for (const secret of ['abc.def', 'Ab_-'.repeat(16), ...SECRETS, encodeURIComponent(SECRETS[1]!)])
    expect(output).not.toContain(secret);
  expect(output).toContain('(hidden)');
});

test('fields whose names say secret are hidden, what only mentions one is not', async () => {
  const output = await written(true, (log) => {
    log.info({ token: 'one', nested: { Authorization: ['two'], 'set-cookie': 'three' }, password: 4 }, 'x');
    log.info({ setting: 'member.multiuser.user_password: ends in a newline', secure: true }, 'session.api_token is short');
  });
  for (const secret of ['one', 'two', 'three', ':4']) expect(output).not.toContain(secret);
  expect(output).toContain('user_password: ends in a newline');
});

test('a text of 4,000 characters is written whole, a longer one is cut', async () => {
  const output = await written(true, (log) => {
    log.info({ text: 'x y '.repeat(1_000) }, 'whole');
    log.info({ text: 'x y '.repeat(1_000_000) }, 'cut');
  });
  const [whole, cut] = output.split('\n').map((line) => line.length);
  expect([whole! > 4_000, cut! < 4_200]).toEqual([true, true]);
  expect(output).toContain('… (4000000 characters)');
});

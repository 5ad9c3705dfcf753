import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readTls } from '../../../server/listening/read-tls.js';

let folder = '';
const at = (name: string) => join(folder, name);
const read = (cert: string, key: string) =>
  readTls({ certPath: at(cert), keyPath: at(key) }, (path) => readFileSync(path, 'utf8'));

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tls-'));
  for (const name of ['a', 'b']) {
    const files = ['-keyout', at(`${name}.key`), '-out', at(`${name}.crt`)];
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    execFileSync('openssl', ['req', '-x509', ...kind, ...files, '-subj', '/CN=x', '-days', '1'], { stdio: 'ignore' });
  }
  writeFileSync(at('text'), 'no certificate');
});
afterAll(() => rmSync(folder, { recursive: true }));

test('no certificate is plain HTTP, a good pair is read', () => {
  expect(readTls(undefined, () => '')).toEqual({ ok: true, value: null });
  expect(read('a.crt', 'a.key')).toMatchObject({ ok: true });
});

test.each([
  ['missing', 'a.key', /^server\.cert: ENOENT.*; let NEKO_SERVER_CERT name a readable PEM file$/],
  ['a.crt', 'missing', /^server\.key: ENOENT.*; let NEKO_SERVER_KEY name a readable PEM file$/],
  ['text', 'a.key', /^server\.cert: \/.*text cannot be used: /],
  ['a.crt', 'text', /^server\.key: \/.*text cannot be used: /],
  ['a.crt', 'b.key', /^server\.key: \/.*b\.key cannot be used: .*mismatch/],
])('certificate %s and key %s: the error names the setting', (cert, key, message) => {
  const result = read(cert, key);
  expect(result.ok ? '' : result.error).toMatch(message);
});

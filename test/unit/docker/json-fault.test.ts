import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { policyWarnings } from '../../../docker/lib/container/policy-files.mjs';
import { jsonFault } from '../../../docker/lib/json-fault.mjs';

test.each([
  ['nothing in it', '{}'],
  ['all kinds of values', '{"a": [1, -2.5e3, true, false, null, "x\\u00e9\\n"], "b": {"c": {}}}\n'],
  ['a comma before the end, as Chromium takes it', '{"a": [1,],}'],
  ['a byte-order mark', '\ufeff{"a": 1}'],
])('%s is no fault', (_title, text) => {
  expect(jsonFault(text)).toBeUndefined();
});

test.each([
  ['', 1, 1, '"{" expected, the file ends'],
  ['[]', 1, 1, '"{" expected, found "["'],
  ['{\n  "a": 1\n  "b": 2\n}', 3, 3, '"," or "}" expected, found "\\""'],
  ['{\n  "a": tru\n}', 2, 8, 'a value expected, found "t"'],
  ['{"a": "x', 1, 7, 'a text in quotes expected, found "\\""'],
  ["{'a': 1}", 1, 2, 'a name in quotes expected, found "\'"'],
  ['{"a" 1}', 1, 6, '":" expected, found "1"'],
  ['{"a": 1} // note', 1, 10, 'nothing more expected, found "/"'],
  ['{"a": 1', 1, 8, '"," or "}" expected, the file ends'],
])('%j is faulty at line %d, column %d', (text, line, column, reason) => {
  expect(jsonFault(text)).toEqual({ line, column, reason });
});

test('a policy file that the browser will ignore is named with the place of its fault', () => {
  const folder = mkdtempSync(join(tmpdir(), 'policies-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const paths = ['good.json', 'bad.json', 'closed.json'].map((name) => join(folder, name));
  const [good = '', bad = '', closed = ''] = paths;
  writeFileSync(good, '{"URLBlocklist": ["*"]}');
  writeFileSync(bad, '{\n  "URLBlocklist": ["*"\n}\n');
  writeFileSync(closed, '{}');
  const lines = policyWarnings((path) => path !== closed, paths);
  expect(lines).toHaveLength(2);
  expect(lines[0]).toContain(`${bad}: not valid JSON at line 3, column 1`);
  expect(lines[1]).toContain(`${closed}: the user of the browser cannot read it`);
});

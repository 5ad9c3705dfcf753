import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { testsOfFiles, touchedTests } from '../../runner/touched-tests.mjs';

function folder(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'touched-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return root;
}

test('a test that reads files, itself or by a helper, is always one that a change may concern', () => {
  const root = folder({
    'test/unit/one/reads.test.ts': "import { readFileSync } from 'node:fs';",
    'test/unit/two/starts.test.ts': "import { spawn } from 'node:child_process';",
    'test/unit/two/asks.test.ts': "import { rules } from './rules.js';",
    'test/unit/two/rules.ts': "import { lines } from '../../support/lines.js';",
    'test/support/lines.ts': "import { readdirSync } from 'node:fs';",
    'test/unit/two/pure.test.ts': "import { step } from '../../../server/step.js';",
    'server/step.ts': "import { readFileSync } from 'node:fs';",
  });
  const found = testsOfFiles(root).map((file) => relative(join(root, 'test/unit'), file));
  expect(found.sort()).toEqual(['one/reads.test.ts', 'two/asks.test.ts', 'two/starts.test.ts']);
});

test('documents and specifications are among what is always looked at here', () => {
  const found = testsOfFiles(process.cwd()).map((file) => relative(process.cwd(), file));
  expect(found).toContain('test/unit/config/settings-reference.test.ts');
  expect(found).toContain('test/unit/lib/limits-reference.test.ts');
  expect(found).toContain('test/unit/spec/rules.test.ts');
});

test('outside a git checkout every test may be concerned', () => {
  const root = folder({ 'test/unit/pure.test.ts': '' });
  expect(() => execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, stdio: 'ignore' })).toThrow();
  expect(touchedTests(root)).toBeUndefined();
});

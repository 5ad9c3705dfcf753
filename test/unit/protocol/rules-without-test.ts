import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The rules of a SPEC.md whose number begins no title of a test in `testDirectory`. */
export function rulesWithoutTest(specFile: string, testDirectory: string): string[] {
  const rules = [...readFileSync(specFile, 'utf8').matchAll(/^- \*\*([A-Z]\d+)\*\*/gm)].map(([, rule]) => rule ?? '');
  const tests = readdirSync(testDirectory)
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => readFileSync(join(testDirectory, name), 'utf8'))
    .join('\n');
  if (rules.length === 0) throw new Error(`no rules in ${specFile}`);
  return rules.filter((rule) => !new RegExp(`['"\`]([A-Z]\\d+,? )*${rule}[ ,]`).test(tests));
}

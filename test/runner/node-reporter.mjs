// Reporter for node:test: prints failures only, and writes the counts to RESULT_FILE.
// KNOWN_GAPS is a JSON list of patterns over full names ("suite > test"); a failing test that one of them matches is
// something not built yet and counts as skipped, a passing one as passed.
import { writeFileSync } from 'node:fs';

const gaps = JSON.parse(process.env.KNOWN_GAPS ?? '[]').map((text) => new RegExp(text));

export default async function* report(events) {
  const outcome = { passed: 0, failed: 0, skipped: 0, gaps: 0, notes: [] };
  const path = [];
  for await (const { type, data } of events) {
    if (type === 'test:start') {
      path.length = data.nesting;
      path[data.nesting] = data.name;
    }
    if (type === 'test:stdout' || type === 'test:stderr') yield data.message;
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    // Written every time: a run that is made to exit does not wait for its reporter.
    const record = () => writeFileSync(process.env.RESULT_FILE, JSON.stringify(outcome));
    const isSuite = data.details?.type === 'suite';
    const name = [...path.slice(0, data.nesting), data.name].join(' > ');
    const error = data.details?.error;
    if (type === 'test:pass') {
      if (!isSuite) outcome[data.skip !== undefined || data.todo !== undefined ? 'skipped' : 'passed'] += 1;
      record();
    } else if (error?.failureType !== 'subtestsFailed') {
      const cause = error?.cause ?? error;
      if (gaps.some((gap) => gap.test(name))) {
        outcome.skipped += 1;
        outcome.gaps += 1;
        record();
        yield `- not built yet: ${name}\n`;
      } else {
        outcome.failed += 1;
        outcome.notes.push(`${name}: ${String(cause?.message ?? cause).split('\n')[0]}`);
        record();
        yield `✗ ${name}\n    ${String(cause?.stack ?? cause)
          .split('\n')
          .slice(0, 12)
          .join('\n    ')}\n`;
      }
    }
  }
  yield `${outcome.passed} passed, ${outcome.failed} failed, ${outcome.skipped} skipped\n`;
}

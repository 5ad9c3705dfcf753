// Reporter for node:test: prints failures only, and writes the counts to RESULT_FILE.
// KNOWN_GAPS is a JSON list of patterns over full names ("suite > test"); a failing test that one of them matches is
// something not built yet and counts as skipped, a passing one as passed.
import { writeFileSync } from 'node:fs';

/** @import { TestEvent } from 'node:test/reporters' */
/** @import { Counts } from './phase.mjs' */

const FILE = process.env.RESULT_FILE ?? '/dev/null';
/** @type {readonly string[]} */
const patterns = JSON.parse(process.env.KNOWN_GAPS ?? '[]');
const gaps = patterns.map((text) => new RegExp(text));

/**
 * Whether a suite failed by its tests alone, which are told of themselves.
 * @param {Error} error
 */
const failedInside = (error) => 'failureType' in error && error.failureType === 'subtestsFailed';

/**
 * What the test threw, which comes wrapped and may be anything.
 * @param {Error} error
 */
function wordsOf(error) {
  const cause = error.cause ?? error;
  /** @type {{ message?: unknown, stack?: unknown }} */
  const { message = cause, stack = cause } = Object(cause);
  return { message: String(message), stack: String(stack) };
}

/** @param {AsyncIterable<TestEvent>} events */
export default async function* report(events) {
  /** @type {Counts & { gaps: number }} */
  const outcome = { passed: 0, failed: 0, skipped: 0, gaps: 0, notes: [] };
  /** @type {string[]} */
  const path = [];
  for await (const { type, data } of events) {
    if (type === 'test:start') {
      path.length = data.nesting;
      path[data.nesting] = data.name;
    }
    if (type === 'test:stdout' || type === 'test:stderr') yield data.message;
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    // Written every time: a run that is made to exit does not wait for its reporter.
    const record = () => writeFileSync(FILE, JSON.stringify(outcome));
    const isSuite = data.details?.type === 'suite';
    const name = [...path.slice(0, data.nesting), data.name].join(' > ');
    if (type === 'test:pass') {
      if (!isSuite) outcome[data.skip !== undefined || data.todo !== undefined ? 'skipped' : 'passed'] += 1;
      record();
    } else if (!failedInside(data.details.error)) {
      const { message, stack } = wordsOf(data.details.error);
      if (gaps.some((gap) => gap.test(name))) {
        outcome.skipped += 1;
        outcome.gaps += 1;
        record();
        yield `- not built yet: ${name}\n`;
      } else {
        outcome.failed += 1;
        outcome.notes.push(`${name}: ${message.split('\n')[0]}`);
        record();
        yield `✗ ${name}\n    ${stack.split('\n').slice(0, 12).join('\n    ')}\n`;
      }
    }
  }
  yield `${outcome.passed} passed, ${outcome.failed} failed, ${outcome.skipped} skipped\n`;
}

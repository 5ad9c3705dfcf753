// The last lines of a run.

/** @import { Outcome } from './phase.mjs' */

/**
 * Prints a line per phase and one line of counts; returns the exit code: nothing passed is a failure too.
 * @param {readonly Outcome[]} outcomes
 */
export function summarize(outcomes) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  console.log('\n=== Summary');
  for (const { title, passed, failed, skipped, notes, seconds } of outcomes) {
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
    const counts = `${passed} passed, ${failed} failed, ${skipped} skipped`;
    console.log(
      `${failed > 0 ? '✗' : '✓'} ${title}: ${counts} (${seconds.toFixed(1)} s)${notes.map((note) => `\n    ${note}`).join('')}`,
    );
  }
  console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
  return total.failed > 0 || total.passed === 0 ? 1 : 0;
}

// A vitest project as a phase; the counts come from its JSON reporter.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runPhase } from './phase.mjs';

/** @import { JsonTestResults } from 'vitest/reporters' */
/** @import { Counts } from './phase.mjs' */

/** @param {string | undefined} text */
const firstLine = (text) => String(text).split('\n')[0];

/**
 * The failed tests of a vitest JSON report by name with their first line: the summary is all that a cut log shows.
 * @param {JsonTestResults} report
 */
const failures = (report) =>
  report.testResults.flatMap((file) =>
    file.assertionResults
      .filter((test) => test.status === 'failed')
      .map((test) => `${test.fullName}: ${firstLine(test.failureMessages?.[0])}`),
  );

/**
 * Counts of a vitest JSON report. A file that failed before any of its tests could is one failure.
 * @param {JsonTestResults} report
 * @returns {Counts}
 */
function counts(report) {
  const broken = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
    notes: [...broken.map((file) => `${file.name}: ${firstLine(file.message)}`), ...failures(report)],
  };
}

/** @param {string} folder */
const hasTests = (folder) =>
  existsSync(folder) && readdirSync(folder, { recursive: true, encoding: 'utf8' }).some((name) => name.endsWith('.test.ts'));

/**
 * Runs one project of vitest.config.ts, or these files of it; undefined when its folder under test/ has no tests.
 * @param {string} root
 * @param {string} project
 * @param {number} limitMs
 * @param {readonly string[]} [files]
 */
export async function runVitest(root, project, limitMs, files = []) {
  if (!hasTests(join(root, 'test', project))) return undefined;
  const options = ['run', '--project', project, '--reporter=default', '--reporter=json'];
  return runPhase({
    title: project,
    cwd: root,
    limitMs,
    args: (file) => [join(root, 'node_modules/vitest/vitest.mjs'), ...options, `--outputFile.json=${file}`, ...files],
    read: counts,
  });
}

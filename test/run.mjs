// npm test: sets everything up on a fresh machine, runs every kind of test, and closes with one line of counts.
// Words after `--` name the phases to run, for example: npm test -- lint unit
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { errorMessage } from '../docker/lib/error-code.mjs';
import { ensureBuild } from '../docker/lib/setup/build.mjs';
import { checkNodeVersion } from '../docker/lib/setup/node-version.mjs';
import { ensureNpmPackages } from '../docker/lib/setup/npm.mjs';
import { ensurePackages } from '../docker/lib/setup/packages.mjs';
import { Stop } from '../docker/lib/setup/progress.mjs';
import { runConformance } from './runner/conformance.mjs';
import { asWritten, runPhase } from './runner/phase.mjs';
import { runStaticCheck, STATIC_CHECKS } from './runner/static-checks.mjs';
import { summarize } from './runner/summary.mjs';
import { runVitest } from './runner/vitest.mjs';

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const MINUTE_MS = 60_000;

/** @import { Outcome } from './runner/phase.mjs' */
/** @import { StaticCheck } from './runner/static-checks.mjs' */

/**
 * Runs a phase, `aside` when others run at the same time; it may have nothing to run.
 * @typedef {(aside: boolean) => Promise<readonly (Outcome | undefined)[]>} Run
 */

/**
 * A project of vitest.config.ts.
 * @type {(project: string, minutes: number) => Run}
 */
const vitest = (project, minutes) => async () => [await runVitest(root, project, minutes * MINUTE_MS)];

/** @type {(check: StaticCheck) => Run} */
const staticCheck = (check) => async (aside) => [await runStaticCheck(root, check, aside)];

/** @type {Run} */
async function runContainer(aside) {
  const args = [join(root, 'test/container/run.mjs')];
  return [await runPhase({ title: 'container', cwd: root, limitMs: 15 * MINUTE_MS, args, read: asWritten, aside })];
}

/**
 * Groups of phases that run side by side, one group after another.
 * @type {readonly Readonly<Record<string, Run>>[]}
 */
const GROUPS = [
  Object.fromEntries(STATIC_CHECKS.map((check) => [check.name, staticCheck(check)])),
  { unit: vitest('unit', 10) },
  { fuzz: vitest('fuzz', 5) },
  { integration: vitest('integration', 20) },
  { e2e: vitest('e2e', 25) },
  { network: vitest('network', 25) },
  { security: vitest('security', 15) },
  { conformance: () => runConformance(root), container: runContainer },
];
const NAMES = GROUPS.flatMap((group) => Object.keys(group));

/**
 * Runs those phases of a group that are wanted.
 * @param {Readonly<Record<string, Run>>} group
 * @param {readonly string[]} wanted
 */
async function runGroup(group, wanted) {
  const phases = Object.entries(group).filter(([name]) => wanted.length === 0 || wanted.includes(name));
  const outcomes = await Promise.all(phases.map(([, phase]) => phase(phases.length > 1)));
  return outcomes.flat().filter((outcome) => outcome !== undefined);
}

async function main() {
  /** @type {Outcome[]} */
  const outcomes = [];
  const wanted = process.argv.slice(2);
  try {
    const unknown = wanted.filter((name) => !NAMES.includes(name));
    if (unknown.length > 0) throw new Stop(`There is no phase ${unknown.join(', ')}; the phases are ${NAMES.join(', ')}.`);
    checkNodeVersion();
    await ensurePackages(['server', 'desktop', 'application', 'tests']);
    await ensureNpmPackages(root);
    await ensureBuild(root);
    for (const group of GROUPS) outcomes.push(...(await runGroup(group, wanted)));
  } catch (error) {
    const message = error instanceof Error && !(error instanceof Stop) ? String(error.stack) : errorMessage(error);
    console.error(`\n${message}`);
    outcomes.push({ title: 'set-up', passed: 0, failed: 1, skipped: 0, notes: message.split('\n').slice(-1), seconds: 0 });
  }
  return summarize(outcomes);
}

const code = await main();
// Nothing may follow the last line; what is still open belongs to phases that are over.
process.stdout.write('', () => process.exit(code));

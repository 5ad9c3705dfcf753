// npm test: sets everything up on a fresh machine, runs every kind of test, and closes with one line of counts.
// Words after `--` name the phases to run, for example: npm test -- lint unit
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBuild } from '../docker/lib/build.mjs';
import { checkNodeVersion } from '../docker/lib/node-version.mjs';
import { ensureNpmPackages } from '../docker/lib/npm.mjs';
import { ensurePackages } from '../docker/lib/packages.mjs';
import { Stop } from '../docker/lib/progress.mjs';
import { runConformance } from './runner/conformance.mjs';
import { runPhase } from './runner/phase.mjs';
import { runVitest } from './runner/vitest.mjs';

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const bin = (name) => join(root, 'node_modules', name);
const MINUTE_MS = 60_000;

/** A phase that is one test: it passes when its command does. */
const check = (title, args) => async () => [await runPhase({ title, args, cwd: root, limitMs: 10 * MINUTE_MS })];

/** A project of vitest.config.ts. */
const vitest = (project, minutes) => async () => [await runVitest(root, project, minutes * MINUTE_MS)];

const PHASES = {
  lint: check('lint', [bin('@biomejs/biome/bin/biome'), 'check', '.']),
  types: check('types of server and tests', [bin('typescript/bin/tsc'), '-p', 'tsconfig.json', '--noEmit']),
  'client-types': check('types of the client', [bin('vue-tsc/bin/vue-tsc.js'), '-p', 'client/tsconfig.json', '--noEmit']),
  unit: vitest('unit', 10),
  fuzz: vitest('fuzz', 5),
  integration: vitest('integration', 20),
  e2e: vitest('e2e', 25),
  network: vitest('network', 25),
  security: vitest('security', 15),
  conformance: () => runConformance(root),
  container: async () => [
    await runPhase({
      title: 'container',
      cwd: root,
      limitMs: 15 * MINUTE_MS,
      args: [join(root, 'test/container/run.mjs')],
      read: (result) => result,
    }),
  ],
};

function summarize(outcomes) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  console.log('\n=== Summary');
  for (const { title, passed, failed, skipped, notes, seconds } of outcomes) {
    for (const name of Object.keys(total)) total[name] += { passed, failed, skipped }[name];
    const counts = `${passed} passed, ${failed} failed, ${skipped} skipped`;
    console.log(
      `${failed > 0 ? '✗' : '✓'} ${title}: ${counts} (${seconds.toFixed(1)} s)${notes.map((note) => `\n    ${note}`).join('')}`,
    );
  }
  console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
  return total.failed > 0 || total.passed === 0 ? 1 : 0;
}

async function main() {
  const outcomes = [];
  const wanted = process.argv.slice(2);
  try {
    const unknown = wanted.filter((name) => !(name in PHASES));
    if (unknown.length > 0)
      throw new Stop(`There is no phase ${unknown.join(', ')}; the phases are ${Object.keys(PHASES).join(', ')}.`);
    checkNodeVersion();
    await ensurePackages(['server', 'desktop', 'application', 'tests']);
    await ensureNpmPackages(root);
    await ensureBuild(root);
    for (const [name, phase] of Object.entries(PHASES)) {
      if (wanted.length > 0 && !wanted.includes(name)) continue;
      if (name === 'client-types' && !existsSync(join(root, 'client/tsconfig.json'))) continue;
      for await (const outcome of await phase()) if (outcome !== undefined) outcomes.push(outcome);
    }
  } catch (error) {
    const message = error instanceof Stop ? error.message : String(error.stack);
    console.error(`\n${message}`);
    outcomes.push({ title: 'set-up', passed: 0, failed: 1, skipped: 0, notes: [message.split('\n').at(-1)], seconds: 0 });
  }
  return summarize(outcomes);
}

const code = await main();
// Nothing may follow the last line; what is still open belongs to phases that are over.
process.stdout.write('', () => process.exit(code));

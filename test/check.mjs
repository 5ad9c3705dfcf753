// npm run check: the quick ring. Lint and types of everything, and the unit tests that the change since main concerns.
import { fileURLToPath } from 'node:url';
import { ensureNpmPackages } from '../docker/lib/setup/npm.mjs';
import { runStaticCheck, STATIC_CHECKS } from './runner/static-checks.mjs';
import { summarize } from './runner/summary.mjs';
import { touchedTests } from './runner/touched-tests.mjs';
import { runVitest } from './runner/vitest.mjs';

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const LIMIT_MS = 5 * 60_000;

await ensureNpmPackages(root);
const outcomes = await Promise.all(STATIC_CHECKS.map((check) => runStaticCheck(root, check, true)));
const unit = await runVitest(root, 'unit', LIMIT_MS, touchedTests(root));
process.exitCode = summarize(unit === undefined ? outcomes : [...outcomes, unit]);

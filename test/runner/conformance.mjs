// The conformance suites beside the repository, each against a freshly started product.
import { randomBytes } from 'node:crypto';
import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensureNpmPackages } from '../../docker/lib/npm.mjs';
import { freePort } from '../support/free-port.mjs';
import { GAPS } from './conformance-gaps.mjs';
import { startPainter } from './painter.mjs';
import { runPhase } from './phase.mjs';
import { startProduct } from './product.mjs';

const LIMIT_MS = 15 * 60_000;

/**
 * What runs. `gaps` are patterns over full test names of what is not built yet. `mux` runs the product with one UDP port,
 * which the real-time suites ask for. `moving` paints in a corner of the desktop: a still one sends no frames to count.
 * A suite that is not `built` for at all does not run and counts as one skipped test.
 */
const SUITES = [
  { name: 'conformance http', file: 'http.mjs', gaps: GAPS.http },
  { name: 'conformance session', file: 'realtime-session.mjs', mux: true },
  { name: 'conformance control', file: 'realtime-control.mjs', mux: true, gaps: GAPS.control },
  { name: 'conformance input', file: 'realtime-input.mjs', mux: true },
  { name: 'conformance events', file: 'realtime-events.mjs', mux: true, gaps: GAPS.events },
  { name: 'conformance signal', file: 'realtime-signal.mjs', mux: true, moving: true },
  { name: 'conformance channel', file: 'realtime-channel.mjs', mux: true },
  { name: 'conformance legacy', file: 'realtime-legacy.mjs', built: false },
  { name: 'conformance config', file: 'realtime-config.mjs', mux: true, moving: true, gaps: GAPS.config },
];

const quote = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

/** Copies the suites where npm can install what they need; undefined when this checkout has none beside it. */
async function prepare(root) {
  const source = join(root, '../shared/conformance');
  if (!existsSync(join(source, 'http.mjs'))) return undefined;
  const copy = join(root, '.run/conformance');
  cpSync(source, copy, { recursive: true, filter: (path) => !path.includes('node_modules') });
  await ensureNpmPackages(copy);
  return copy;
}

async function runSuite(root, folder, { name, file, mux = false, moving = false, gaps = [] }) {
  const passwords = { admin: randomBytes(8).toString('hex'), user: randomBytes(8).toString('hex') };
  const settings = {
    NEKO_MEMBER_MULTIUSER_ADMIN_PASSWORD: passwords.admin,
    NEKO_MEMBER_MULTIUSER_USER_PASSWORD: passwords.user,
  };
  const product = await startProduct(root, mux ? { ...settings, NEKO_WEBRTC_UDPMUX: String(await freePort()) } : settings);
  // Further servers share the desktop; words of the suite come after ours and win.
  const words = Object.entries({
    DISPLAY: product.display,
    PULSE_SERVER: product.env.PULSE_SERVER,
    XAUTHORITY: '/dev/null',
    ...settings,
  });
  const given = words.map(([key, value]) => quote(`${key}=${value}`)).join(' ');
  const server = `${quote(process.execPath)} ${quote(product.main)} serve`;
  const wrapped = quote(`exec env ${given} "$@" ${server}`);
  const painter = moving ? startPainter(root, product.env) : undefined;
  const START = mux ? `sh -c ${wrapped} sh` : `exec env ${given} {args} ${server}`;
  try {
    const outcome = await runPhase({
      title: name,
      cwd: folder,
      limitMs: LIMIT_MS,
      args: [
        '--test',
        '--test-concurrency=1',
        // The threads of libwebrtc would keep a finished suite alive.
        '--test-force-exit',
        `--test-reporter=${new URL('node-reporter.mjs', import.meta.url)}`,
        '--test-reporter-destination=stdout',
        file,
      ],
      env: {
        ...product.env,
        BASE_URL: product.url,
        ADMIN_PASSWORD: passwords.admin,
        USER_PASSWORD: passwords.user,
        TEST_DISPLAY: product.display,
        START,
        START_PORT: String(await freePort()),
        KNOWN_GAPS: JSON.stringify(gaps.map((gap) => gap.source)),
      },
      read: (result) => result,
    });
    if (outcome.failed > 0) console.log(`--- last words of the server\n${product.said()}`);
    return outcome;
  } finally {
    await painter?.stop();
    await product.stop();
  }
}

/** Runs every suite of the table whose name contains `filter`; yields an outcome each. A product that does not start is a failure. */
export async function* runConformance(root, filter = '') {
  const folder = await prepare(root);
  if (folder === undefined) return;
  for (const suite of SUITES.filter(({ name }) => name.includes(filter))) {
    if (suite.built === false) {
      yield { title: suite.name, passed: 0, failed: 0, skipped: 1, notes: ['not built yet'], seconds: 0 };
      continue;
    }
    try {
      yield await runSuite(root, folder, suite);
    } catch (error) {
      console.error(error);
      yield { title: suite.name, passed: 0, failed: 1, skipped: 0, notes: [error.message], seconds: 0 };
    }
  }
}

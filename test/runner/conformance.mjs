// The conformance suites beside the repository, each against a freshly started product in a network of its own.
import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureNpmPackages } from '../../docker/lib/setup/npm.mjs';
import { GAPS } from './conformance-gaps.mjs';
import { asWritten, runPhase } from './phase.mjs';

/** @import { Outcome } from './phase.mjs' */

const LIMIT_MS = 15 * 60_000;
const PROGRAM = fileURLToPath(new URL('conformance-suite.ts', import.meta.url));

/** Suites that run at a time. */
const AT_A_TIME = 2;

/**
 * The network of a suite: one address besides loopback, and nothing to reach. The suites open ports by number, which belong to
 * whoever runs elsewhere on this machine too; in here only outgoing connections could take them, so they are kept from those.
 */
const NETWORK = [
  'ip link set lo up',
  'ip link add lan type veth peer name lan-end',
  'ip link set lan-end up',
  'ip address add 198.51.100.2/24 dev lan',
  'ip link set lan up',
  'echo 59501-59530 >/proc/sys/net/ipv4/ip_local_reserved_ports',
].join(' && ');
/** Whoever is not root is it in there. */
const UNSHARE = ['--net', ...(process.getuid?.() === 0 ? [] : ['--map-root-user'])];

/**
 * `gaps` are patterns over full test names of what is not built yet. `mux` runs the product with one UDP port, which the
 * real-time suites ask for. `alone` offers one video stream, which tests of what cannot be selected ask for. `moving` paints in a corner of the desktop: a still one sends no frames to count. A suite that is
 * not `built` for at all does not run and counts as one skipped test.
 * @typedef {object} Suite
 * @property {string} name
 * @property {string} file
 * @property {boolean} [mux]
 * @property {boolean} [moving]
 * @property {boolean} [alone]
 * @property {boolean} [built]
 * @property {readonly RegExp[]} [gaps]
 */

/**
 * What runs; those that take longest come first.
 * @type {readonly Suite[]}
 */
const SUITES = [
  { name: 'conformance config', file: 'realtime-config.mjs', mux: true, moving: true, gaps: GAPS.config },
  { name: 'conformance http', file: 'http.mjs', gaps: GAPS.http },
  { name: 'conformance session', file: 'realtime-session.mjs', mux: true },
  { name: 'conformance control', file: 'realtime-control.mjs', mux: true },
  { name: 'conformance input', file: 'realtime-input.mjs', mux: true },
  { name: 'conformance events', file: 'realtime-events.mjs', mux: true, gaps: GAPS.events },
  { name: 'conformance signal', file: 'realtime-signal.mjs', mux: true, moving: true, alone: true },
  { name: 'conformance channel', file: 'realtime-channel.mjs', mux: true },
  { name: 'conformance legacy', file: 'realtime-legacy.mjs', built: false },
];

/** @type {(suite: Suite) => Outcome} */
const notBuilt = ({ name }) => ({ title: name, passed: 0, failed: 0, skipped: 1, notes: ['not built yet'], seconds: 0 });

/**
 * Copies the suites where npm can install what they need; undefined when this checkout has none beside it.
 * @param {string} root
 */
async function prepare(root) {
  const source = join(root, '../shared/conformance');
  if (!existsSync(join(source, 'http.mjs'))) return undefined;
  const copy = join(root, '.run/conformance');
  cpSync(source, copy, { recursive: true, filter: (path) => !path.includes('node_modules') });
  await ensureNpmPackages(copy);
  return copy;
}

/**
 * @param {string} root
 * @param {string} folder
 * @param {Suite} suite
 */
function runSuite(root, folder, { name, file, mux = false, moving = false, alone = false, gaps = [] }) {
  const suite = [PROGRAM, JSON.stringify({ file, mux, moving, alone })];
  return runPhase({
    title: name,
    program: 'unshare',
    cwd: folder,
    aside: true,
    limitMs: LIMIT_MS,
    args: [
      ...UNSHARE,
      'sh',
      '-c',
      `${NETWORK} && exec "$@"`,
      'sh',
      process.execPath,
      join(root, 'node_modules/vite-node/vite-node.mjs'),
      ...suite,
    ],
    env: { ...process.env, KNOWN_GAPS: JSON.stringify(gaps.map((gap) => gap.source)) },
    read: asWritten,
  });
}

/**
 * Runs every suite of the table whose name contains `filter`, two at a time; resolves to an outcome each.
 * A product that does not start is a failure.
 * @param {string} root
 * @param {string} [filter]
 */
export async function runConformance(root, filter = '') {
  const folder = await prepare(root);
  if (folder === undefined) return [];
  const suites = SUITES.filter(({ name }) => name.includes(filter));
  /** @type {Map<Suite, Outcome>} */
  const outcomes = new Map();
  const waiting = [...suites];
  const work = async () => {
    for (let suite = waiting.shift(); suite !== undefined; suite = waiting.shift()) {
      outcomes.set(suite, suite.built === false ? notBuilt(suite) : await runSuite(root, folder, suite));
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  return suites.flatMap((suite) => outcomes.get(suite) ?? []);
}

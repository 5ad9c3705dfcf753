// What needs no running program: each is one test, which passes when its command does.
import { join } from 'node:path';
import { runPhase } from './phase.mjs';

const LIMIT_MS = 10 * 60_000;
/** What the compilers know of the last run, so that they look at what changed only. */
const KNOWN = 'node_modules/.cache/types';

/**
 * @typedef {object} StaticCheck
 * @property {string} name  for the command line of npm test
 * @property {string} title
 * @property {string} program  below node_modules
 * @property {readonly string[]} options
 */

/** @type {readonly StaticCheck[]} */
export const STATIC_CHECKS = [
  { name: 'lint', title: 'lint', program: '@biomejs/biome/bin/biome', options: ['check', '.'] },
  {
    name: 'types',
    title: 'types of server, launcher and tests',
    program: 'typescript/bin/tsc',
    options: ['-p', 'tsconfig.json', '--noEmit', '--incremental', '--tsBuildInfoFile', `${KNOWN}/server.tsbuildinfo`],
  },
  {
    name: 'client-types',
    title: 'types of the client',
    program: 'vue-tsc/bin/vue-tsc.js',
    options: ['-p', 'client/tsconfig.json', '--noEmit', '--incremental', '--tsBuildInfoFile', `${KNOWN}/client.tsbuildinfo`],
  },
];

/**
 * Runs one of STATIC_CHECKS as a phase.
 * @param {string} root
 * @param {StaticCheck} check
 * @param {boolean} aside
 */
export function runStaticCheck(root, { title, program, options }, aside) {
  return runPhase({ title, args: [join(root, 'node_modules', program), ...options], cwd: root, limitMs: LIMIT_MS, aside });
}

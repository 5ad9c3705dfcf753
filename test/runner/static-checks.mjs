// What needs no running program: each is one test, which passes when its command does.
import { join } from 'node:path';
import { runPhase } from './phase.mjs';

const LIMIT_MS = 10 * 60_000;
/** What the compilers know of the last run, so that they look at what changed only. */
const KNOWN = 'node_modules/.cache/types';

const COMMANDS = {
  lint: { title: 'lint', program: '@biomejs/biome/bin/biome', options: ['check', '.'] },
  types: {
    title: 'types of server, launcher and tests',
    program: 'typescript/bin/tsc',
    options: ['-p', 'tsconfig.json', '--noEmit', '--incremental', '--tsBuildInfoFile', `${KNOWN}/server.tsbuildinfo`],
  },
  'client-types': {
    title: 'types of the client',
    program: 'vue-tsc/bin/vue-tsc.js',
    options: ['-p', 'client/tsconfig.json', '--noEmit', '--incremental', '--tsBuildInfoFile', `${KNOWN}/client.tsbuildinfo`],
  },
};

export const STATIC_CHECKS = Object.keys(COMMANDS);

/** Runs one of STATIC_CHECKS as a phase. */
export function runStaticCheck(root, name, aside) {
  const { title, program, options } = COMMANDS[name];
  return runPhase({ title, args: [join(root, 'node_modules', program), ...options], cwd: root, limitMs: LIMIT_MS, aside });
}

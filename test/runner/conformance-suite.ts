// One conformance suite against a freshly started product. Argument: JSON of SuiteRun; the environment has KNOWN_GAPS and
// RESULT_FILE for node-reporter.mjs, and the working directory is the suites' own. Ends as the suite does.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from '../support/free-port.mjs';
import { startProduct } from '../support/servers/product.js';
import { PASSWORDS, SERVER_MAIN } from '../support/servers/server-process.js';
import { startXProgram } from '../support/x/x-program.js';

interface SuiteRun {
  readonly file: string;
  /** Whether the product has one UDP port, which the real-time suites ask for. */
  readonly mux: boolean;
  /** Whether one video stream is offered alone. */
  readonly alone: boolean;
  /** Whether something moves in a corner of the desktop: a still one sends no frames to count. */
  readonly moving: boolean;
}

/** Where the ports of the suite's own servers count up from: above those of free-port.mjs. */
const FIRST_PORT = 31_100;
/** Right of and below the window that the suites watch: x, y, width, height, frames per second. */
const CORNER = [1232, 696, 48, 24, 15];
const OPTIONS = [
  '--test',
  '--test-concurrency=1',
  // The threads of libwebrtc would keep a finished suite alive.
  '--test-force-exit',
  `--test-reporter=${new URL('node-reporter.mjs', import.meta.url)}`,
  '--test-reporter-destination=stdout',
];

const { file, mux, moving, alone }: SuiteRun = JSON.parse(process.argv[2] ?? '{}');
const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

const media: Record<string, string> = {
  ...(mux ? { NEKO_WEBRTC_UDPMUX: String(await freePort()) } : {}),
  ...(alone ? { NEKO_CAPTURE_VIDEO_IDS: 'main' } : {}),
};
const product = await startProduct({ env: media, firstDisplay: 99 });
const painter = moving ? await startXProgram('painter', product.display, CORNER) : undefined;
const desktop = { DISPLAY: product.display, PULSE_SERVER: product.pulseServer, XAUTHORITY: '/dev/null' };

/** How a suite starts servers of its own on the same desktop; its words come after ours and win. */
function startCommand(): string {
  const words = {
    ...desktop,
    NEKO_MEMBER_MULTIUSER_ADMIN_PASSWORD: PASSWORDS.admin,
    NEKO_MEMBER_MULTIUSER_USER_PASSWORD: PASSWORDS.user,
  };
  const given = Object.entries(words)
    .map(([name, value]) => quote(`${name}=${value}`))
    .join(' ');
  const server = `${quote(process.execPath)} ${quote(SERVER_MAIN)} serve`;
  return mux ? `sh -c ${quote(`exec env ${given} "$@" ${server}`)} sh` : `exec env ${given} {args} ${server}`;
}

/** Settings of whoever runs the tests are none of the suites' business. */
const outside = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('NEKO_')));
const suite = spawn(process.execPath, [...OPTIONS, file], {
  env: {
    ...outside,
    ...desktop,
    BASE_URL: product.url,
    ADMIN_PASSWORD: PASSWORDS.admin,
    USER_PASSWORD: PASSWORDS.user,
    TEST_DISPLAY: product.display,
    START: startCommand(),
    START_PORT: String(FIRST_PORT),
  },
  stdio: ['ignore', 'inherit', 'inherit'],
});
const [code] = await once(suite, 'exit');
if (code !== 0) process.stdout.write(`--- last words of the server\n${product.output().slice(-4000)}\n`);
await painter?.stop();
await product.stop();
process.exit(code ?? 1);

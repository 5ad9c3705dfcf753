// The desktop and the server under supervision, seen from the terminal they were started in.
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { policyWarnings } from '../container/policy-files.mjs';
import { ENDING_SIGNALS } from '../ending-signals.mjs';
import { readableLogLine } from '../log-line.mjs';
import { Stop, step } from '../setup/progress.mjs';
import { follow } from './follow.mjs';
import { judgePrograms, lastOfDisplay } from './program-events.mjs';
import { prepareEnvironment } from './session-environment.mjs';
import { openSessionFolder } from './session-folder.mjs';
import { mayRead } from './session-user.mjs';
import { superviseSession } from './supervisor.mjs';

const POLL_MS = 50;
const DESKTOP_LIMIT_MS = 40_000;
/** One signal may come twice: to the whole process group, and passed on by npm. */
const SAME_ORDER_MS = 500;

/** @import { Product } from '../container/readable-copy.mjs' */
/** @import { Users } from './session-user.mjs' */

/**
 * Whether something accepts connections at a socket's path.
 * @param {string} path
 * @returns {Promise<boolean>}
 */
const accepts = (path) =>
  new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

/**
 * @typedef {object} DesktopSession
 * @property {string} root  the folder of the project
 * @property {Product} product
 * @property {Users} users
 * @property {readonly string[]} args  of the server
 */

/**
 * Starts desktop and server, shows their output and their events, and ends them all on SIGINT, SIGTERM or SIGHUP
 * (at once on the second). Resolves with the exit code. Throws Stop when desktop or server do not come up.
 * @param {DesktopSession} session
 */
export async function runDesktopSession({ root, product, users, args }) {
  for (const warning of policyWarnings((path) => mayRead(users.desktop, [path]))) console.error(`! ${warning}`);
  const folder = openSessionFolder(users, readFileSync(join(root, 'docker/pulse/default.pa'), 'utf8'));
  const logs = folder.at('log');
  /** @type {{ ready: boolean, ending: boolean, failed?: string }} */
  const state = { ready: false, ending: false };
  let finish = () => {};
  /** @type {Promise<void>} */
  const finished = new Promise((resolve) => {
    finish = resolve;
  });
  /** @param {string} message */
  const fail = (message) => {
    state.failed ??= message;
    finish();
  };
  const programs = judgePrograms({ logs, fail });
  const env = await prepareEnvironment({ product, users, folder, args }).catch((error) => {
    folder.remove();
    throw error;
  });
  const session = superviseSession({
    config: join(product.root, 'docker/supervisord.conf'),
    env,
    mark: randomBytes(8).toString('hex'),
    onEvent: (program, what, detail) => {
      if (!state.ending) programs.onEvent(program, what, detail);
    },
  });
  const followed = [
    follow(env.SESSION_SERVER_OUT, (line) => {
      state.ready = true;
      programs.isReady();
      console.log(line);
    }),
    follow(env.SESSION_SERVER_ERR, (line) => console.error(readableLogLine(line))),
  ];
  /** @type {number | undefined} */
  let toldMs;
  for (const signal of ENDING_SIGNALS) {
    process.on(signal, () => {
      toldMs ??= Date.now();
      if (state.ending && Date.now() - toldMs > SAME_ORDER_MS) void session.kill();
      finish();
    });
  }
  void session.gone.then((words) => {
    if (!state.ending) fail(`supervisord ended: ${words}`);
  });
  const xSocket = `/tmp/.X11-unix/X${folder.number}`;
  /**
   * @param {string} title
   * @param {() => boolean | Promise<boolean>} reached
   * @param {number} limitMs
   */
  const until = async (title, reached, limitMs) => {
    const deadline = Date.now() + limitMs;
    let over = false;
    void finished.then(() => {
      over = true;
    });
    await step(title, async () => {
      while (!over && !(await reached())) {
        if (Date.now() > deadline)
          throw new Stop(`${title}: not done within ${limitMs / 1_000} s. The logs:\n${lastOfDisplay(logs)}`);
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
      if (state.failed !== undefined) throw new Stop(state.failed);
    });
  };
  try {
    await until(
      'Starting the desktop',
      async () => (await accepts(xSocket)) && (programs.soundless() || existsSync(folder.pulseSocket)),
      DESKTOP_LIMIT_MS,
    );
    // It is started again without limit: its dependencies may come late.
    await until('Starting the server', async () => state.ready, Number.POSITIVE_INFINITY);
    if (state.ready) console.log(`Desktop on display :${folder.number}, logs in ${logs}. Ctrl-C ends everything.`);
    await finished;
  } finally {
    state.ending = true;
    await step('Ending the session', () => session.stop());
    for (const log of followed) log.stop();
    folder.remove();
  }
  if (state.failed !== undefined) throw new Stop(state.failed);
  return 0;
}

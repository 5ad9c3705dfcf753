// The desktop and the server under supervision, seen from the terminal they were started in.
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { sandboxWorks } from './chromium-sandbox.mjs';
import { follow } from './follow.mjs';
import { readableLogLine } from './log-line.mjs';
import { judgePrograms, lastOfDisplay } from './program-events.mjs';
import { Stop, step } from './progress.mjs';
import { openSessionFolder } from './session-folder.mjs';
import { superviseSession } from './supervisor.mjs';

const POLL_MS = 50;
const DESKTOP_LIMIT_MS = 40_000;
/** One order to end may come twice: to the whole process group, and passed on by npm. */
const SAME_ORDER_MS = 500;

/** Kept of the caller's environment: settings of the server, the locale, and how programs and certificates are found. */
const KEPT =
  /^(NEKO_|LC_|SSL_CERT_|NODE_EXTRA_CA_CERTS$|NODE_OPTIONS$|PATH$|LANG$|TZ$|TERM$|https?_proxy$|no_proxy$|HTTPS?_PROXY$|NO_PROXY$)/;

/** Names that settings of neko 2 go by without our prefix; the server reads them too. */
const LEGACY = /^(ICE_SERVERS|STUN_PORT|WEBRTC_(ADVERTISE_IP|IPS|PORT))$/;

const quote = (word) => `'${word}'`;

function environment(product, user, folder, args) {
  const kept = Object.entries(process.env).filter(([name]) => KEPT.test(name) || LEGACY.test(name));
  return {
    ...Object.fromEntries(kept),
    USER: user.name,
    HOME: user.home,
    DISPLAY: `:${folder.number}`,
    XAUTHORITY: folder.authority,
    XDG_RUNTIME_DIR: folder.path,
    // Browsers that are ended leave files behind; these go with the folder.
    TMPDIR: join(folder.path, 'tmp'),
    PULSE_SERVER: `unix:${folder.pulseSocket}`,
    DBUS_SESSION_BUS_ADDRESS: 'unix:path=/dev/null',
    SESSION_SUPERVISOR_USER: process.getuid() === 0 ? 'root' : user.name,
    SESSION_RUN: folder.path,
    SESSION_LOGS: folder.logs,
    SESSION_HOME: join(user.home, `.local/share/neko/desktop-${folder.number}`),
    SESSION_FILES: join(product.root, 'docker'),
    SESSION_APPS: join(product.root, 'docker/apps'),
    SESSION_PROGRAMS: ['docker/programs/*.conf', 'docker/apps/chromium/*.conf'].map((path) => join(product.root, path)).join(' '),
    SESSION_PULSE_SCRIPT: folder.pulseScript,
    SESSION_CHROMIUM_FLAGS: sandboxWorks(user) ? '' : '--no-sandbox',
    SESSION_SERVER: `${quote(product.node)} ${quote(join(product.root, 'dist/server/main.js'))}`,
    SESSION_SERVER_ARGS: args.map(quote).join(' '),
    SESSION_SERVER_OUT: join(folder.logs, 'neko.out'),
    SESSION_SERVER_ERR: join(folder.logs, 'neko.err'),
  };
}

/** Whether something accepts connections at a socket's path. */
const accepts = (path) =>
  new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

/**
 * Starts desktop and server, shows what they say and what happens to them, and ends them all on SIGINT, SIGTERM or SIGHUP
 * (at once on the second). Resolves with the exit code. Throws Stop when desktop or server do not come up.
 */
export async function runDesktopSession({ root, product, user, args }) {
  const folder = openSessionFolder(user, readFileSync(join(root, 'docker/pulse/default.pa'), 'utf8'));
  const state = { ready: false, ending: false, failed: undefined };
  let finish = () => {};
  const finished = new Promise((resolve) => {
    finish = resolve;
  });
  const fail = (message) => {
    state.failed ??= message;
    finish();
  };
  const programs = judgePrograms({ logs: folder.logs, fail });
  const env = environment(product, user, folder, args);
  const session = superviseSession({
    config: join(product.root, 'docker/supervisord.conf'),
    env,
    mark: randomBytes(8).toString('hex'),
    onEvent: (program, what, detail) => {
      if (!state.ending) programs.onEvent(program, what, detail);
    },
  });
  const logs = [
    follow(env.SESSION_SERVER_OUT, (line) => {
      state.ready = true;
      programs.isReady();
      console.log(line);
    }),
    follow(env.SESSION_SERVER_ERR, (line) => console.error(readableLogLine(line))),
  ];
  let toldMs;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
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
  const until = async (title, reached) => {
    const deadline = Date.now() + DESKTOP_LIMIT_MS;
    let over = false;
    void finished.then(() => {
      over = true;
    });
    await step(title, async () => {
      while (!over && !(await reached())) {
        if (Date.now() > deadline)
          throw new Stop(`${title}: not done within ${DESKTOP_LIMIT_MS / 1_000} s. The logs:\n${lastOfDisplay(folder.logs)}`);
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
      if (state.failed !== undefined) throw new Stop(state.failed);
    });
  };
  try {
    await until(
      'Starting the desktop',
      async () => (await accepts(xSocket)) && (programs.soundless() || existsSync(folder.pulseSocket)),
    );
    await until('Starting the server', async () => state.ready);
    if (state.ready) console.log(`Desktop on display :${folder.number}, logs in ${folder.logs}. Ctrl-C ends everything.`);
    await finished;
  } finally {
    state.ending = true;
    await step('Ending the session', () => session.stop());
    for (const log of logs) log.stop();
    folder.remove();
  }
  if (state.failed !== undefined) throw new Stop(state.failed);
  return 0;
}

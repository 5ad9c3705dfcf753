// Messages about the session's programs for the person at the terminal.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const SHOWN_LINES = 15;
const QUICK_MS = 120_000;
/** The server's exit code (EX_CONFIG) for a configuration that stays wrong however often it is started. */
const REFUSED_CONFIGURATION = 'exit status 78';

/** @import { OnProgramEvent } from './supervisor.mjs' */

/** @type {Readonly<Record<string, string>>} */
const ADVICE = {
  neko: 'The server does not start; what it said is above.',
  'x-server':
    'The X server does not start, so there is no desktop. apt-get install --reinstall xserver-xorg-core xserver-xorg-video-dummy may mend it; ' +
    'to use a display that runs already: NEKO_DESKTOP_DISPLAY=:0 npm start',
  pulseaudio: 'PulseAudio does not start: the desktop runs without sound. apt-get install --reinstall pulseaudio may mend it.',
  openbox: 'The window manager does not start: windows have no frames and do not fill the screen.',
  chromium: 'Chromium does not start: the desktop stays empty.',
};
const DISPLAY_LOG = 'xorg.log';
/** The output of these programs is on the terminal anyway. */
const SPEAKS_HERE = new Set(['neko']);

/** @param {string} path */
const tail = (path) => (existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n').slice(-SHOWN_LINES).join('\n') : '');

/**
 * Judges the events of supervisor.mjs: the failure of a dispensable program is printed once; `fail(message)` is called for any
 * other. Call `isReady()` once the server is up; `soundless()`: whether PulseAudio failed at its first try.
 * @param {{ logs: string, fail: (message: string) => void }} context  `logs` is the folder of the programs' logs
 */
export function judgePrograms({ logs, fail }) {
  /** @type {Map<string, number[]>} */
  const ends = new Map();
  let ready = false;
  let soundless = false;
  /** @param {string} program */
  const why = (program) =>
    [
      SPEAKS_HERE.has(program) ? '' : tail(join(logs, program === 'x-server' ? DISPLAY_LOG : `${program}.log`)),
      ADVICE[program] ?? `The program "${program}" does not start.`,
    ]
      .filter(Boolean)
      .join('\n');

  /**
   * How often it ended recently, this time included.
   * @param {string} program
   */
  const countEnd = (program) => {
    const recent = (ends.get(program) ?? []).filter((atMs) => Date.now() - atMs < QUICK_MS);
    ends.set(program, [...recent, Date.now()]);
    return recent.length + 1;
  };

  /** @type {(program: string, detail: string) => void} */
  const ended = (program, detail) => {
    const times = countEnd(program);
    const how = detail.replace('; not expected', '');
    if (program === 'pulseaudio') soundless = true;
    // Other failures, such as a name that does not resolve yet, may pass.
    if (!ready && program === 'neko' && detail.includes(REFUSED_CONFIGURATION))
      fail('The server does not start with this configuration, or not with this Node.js; what it said is above.');
    // An X server that was never up gets a second try, in case its display was taken just now.
    else if (!ready && program === 'x-server') times >= 2 && fail(why(program));
    else if (times === 2)
      console.error(`! ${program} ended again (${how}); it is tried further. The last it said:\n${why(program)}`);
    else if (times === 1 && (ready || program === 'neko')) console.error(`! ${program} ended (${how}) and is started again`);
  };

  /** @param {string} program */
  const gaveUp = (program) => {
    if (program === 'pulseaudio') soundless = true;
    if (program === 'x-server' || program === 'neko') fail(why(program));
    // A program that does not even start was not reported yet.
    else console.error(ends.has(program) ? `! ${program} is given up.` : `! ${why(program)}`);
  };

  return {
    /** @type {OnProgramEvent} */
    onEvent(program, what, detail) {
      if (what === 'ended') ended(program, detail);
      if (what === 'gave-up') gaveUp(program);
    },
    isReady() {
      ready = true;
    },
    soundless: () => soundless,
  };
}

/**
 * The end of the X server's log.
 * @param {string} logs
 */
export const lastOfDisplay = (logs) => tail(join(logs, DISPLAY_LOG));

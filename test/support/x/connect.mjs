import x11 from 'x11';

const EXPOSURE_MASK = 0x8000;

/** @import { XClient, XScreen } from 'x11' */

/**
 * @typedef {object} Display
 * @property {XClient} X
 * @property {XScreen} screen
 */

/**
 * Connects to DISPLAY, for the small X programs beside this file.
 * @returns {Promise<Display>}
 */
export function connect() {
  return new Promise((resolve, reject) => {
    const client = x11.createClient({ display: process.env.DISPLAY ?? '' }, (error, display) => {
      const screen = display?.screen[0];
      if (error || screen === undefined) reject(error ?? new Error('the X server has no screen'));
      else resolve({ X: display.client, screen });
      return undefined;
    });
    client.on('error', (error) => {
      process.stderr.write(`${error.message ?? error}\n`);
    });
  });
}

/**
 * `events` is the mask of those that the window gets beside its exposure.
 * @typedef {{ x: number, y: number, width: number, height: number, color: number, events?: number }} Window
 */

/**
 * Maps a window without decoration; resolves with its id when it is exposed.
 * @param {Display} display
 * @param {Window} window
 * @returns {Promise<number>}
 */
export function openWindow({ X, screen }, { x, y, width, height, color, events = 0 }) {
  const id = X.AllocID();
  X.CreateWindow(id, screen.root, x, y, width, height, 0, 0, 0, 0, {
    overrideRedirect: true,
    backgroundPixel: color,
    eventMask: EXPOSURE_MASK | events,
  });
  X.MapWindow(id);
  return new Promise((resolve) => {
    X.on('event', (event) => {
      if (event.name === 'Expose' && event.wid === id) resolve(id);
    });
  });
}

/** Says on standard output that the program is ready, for whoever started it. */
export function ready() {
  process.stdout.write('ready\n');
}

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { getPriority, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Product } from '../servers/product.js';
import { takeControl } from '../take-control.js';
import { waitFor } from '../wait-for.js';
import { startXProgram } from '../x/x-program.js';

const PROGRAM = fileURLToPath(new URL('honest-viewers.mjs', import.meta.url));
/** Screen pixels: where the picture moves, and the window that keys flip. */
const PAINTER = [0, 0, 200, 200, 30];
const FLIP = { x: 400, y: 100, width: 160, height: 160 };
/** The longest time without a frame or an answer to a key that an honest viewer may notice. */
const NOTICEABLE_MS = 250;
/** What an attack costs it costs every time; what the machine costs comes by chance. */
const TRIES = 3;
const LOWEST_PRIORITY = 19;

/** What three viewers noticed while something went on beside them. */
export interface HonestReport {
  /** The longest time without a frame, a number for each viewer. */
  readonly longestGapMs: readonly number[];
  /** WebSockets that were closed. */
  readonly cut: number;
  /** Keys whose effect every watcher saw, those without effect, and the slowest from key to picture. */
  readonly inputsSeen: number;
  readonly inputsLost: number;
  readonly slowestInputMs: number;
  /** The longest time for which the machine did not let the viewers' own process run. */
  readonly longestStallMs: number;
}

export interface HonestViewers {
  /**
   * Runs `attack` while the three watch and type. Throws when one of them noticed: a frame or an answer to a key that came
   * later than 250 ms (not counting what the machine itself took), a lost key, a closed socket. What came late is tried again.
   */
  unbothered(attack: () => Promise<void>): Promise<HonestReport>;
  close(): Promise<void>;
}

/** Opens three libwebrtc viewers on the product, whose screen is small (`HONEST_SCREEN`); the first of them is in control. */
export async function openHonestViewers(product: Product): Promise<HonestViewers> {
  const sessions = await Promise.all(['ann', 'ben', 'cat'].map((name) => product.login('user', name)));
  const painter = await startXProgram('painter', product.display, PAINTER);
  const flip = await startXProgram('flip', product.display, [FLIP.x, FLIP.y, FLIP.width, FLIP.height]);
  await takeControl(product, sessions[0]!.token);
  const spot = { x: FLIP.x + FLIP.width / 2, y: FLIP.y + FLIP.height / 2 };
  const options = JSON.stringify({ url: product.url, tokens: sessions.map(({ token }) => token), spot });
  const child = fork(PROGRAM, [options]);
  const orphan = () => child.kill('SIGKILL');
  process.once('exit', orphan);
  const close = async () => {
    const gone = once(child, 'exit');
    if (child.kill('SIGKILL')) await gone;
    process.off('exit', orphan);
    await Promise.all([painter.stop(), flip.stop()]);
  };
  try {
    await waitFor('three viewers with a picture', async () => Reflect.get(Object(await ask(child, 'ready?')), 'ready') === true);
    child.send('type');
    await report(child);
    return { unbothered: (attack) => unbothered(child, attack), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Settings of a product that honest viewers watch: small, so that decoding it three times leaves the machine free. */
export const HONEST_SCREEN = { NEKO_DESKTOP_SCREEN: '640x480@30' } as const;

async function unbothered(child: ChildProcess, attack: () => Promise<void>): Promise<HonestReport> {
  for (let tried = 1; ; tried += 1) {
    const noticed = await during(child, attack);
    const limitMs = NOTICEABLE_MS + noticed.longestStallMs;
    const isLate = Math.max(...noticed.longestGapMs, noticed.slowestInputMs) > limitMs;
    const isBroken = noticed.inputsLost > 0 || noticed.cut > 0;
    if (!isLate && !isBroken) return noticed;
    const failure = `honest viewers noticed (at most ${limitMs} ms): ${JSON.stringify(noticed)}`;
    if (isBroken || tried === TRIES) throw new Error(failure);
    console.warn(`${failure}; tried again`);
  }
}

async function during(child: ChildProcess, attack: () => Promise<void>): Promise<HonestReport> {
  await report(child);
  const release = giveWay();
  try {
    await attack();
  } finally {
    release();
  }
  return report(child);
}

/** On a machine of few cores the attacker would hold the viewers up by its own work; root may take its priority back. */
function giveWay(): () => void {
  if (process.getuid?.() !== 0) return () => {};
  const before = getPriority();
  setPriority(LOWEST_PRIORITY);
  return () => setPriority(before);
}

async function report(child: ChildProcess): Promise<HonestReport> {
  return (await ask(child, 'report')) as HonestReport;
}

async function ask(child: ChildProcess, word: string): Promise<unknown> {
  if (child.exitCode !== null || child.signalCode !== null) throw new Error('the honest viewers ended by themselves');
  const answer = once(child, 'message');
  child.send(word);
  const [value] = await answer;
  return value;
}

import { fileURLToPath } from 'node:url';
import { type Capture, openCapture } from '../../server/capture/capture.js';
import { systemClock } from '../../server/lib/clock.js';
import type { VideoCodecName } from '../../server/protocol/codec.js';
import { silentLog } from '../support/silent-log.js';
import { waitFor } from '../support/wait-for.js';
import { startXProgram } from '../support/x/x-program.js';
import { startXServer } from '../support/x/x-server.js';
import { cpuPercent } from './cpu-time.js';
import { percentile, round } from './statistics.js';

export interface RungsResult {
  readonly codec: string;
  /** What is watched at the same time. */
  readonly rungs: string;
  /** Percent of one core that the worker uses; the median of the rounds. */
  readonly workerPercent: number;
  /** Of what the first rung alone takes. */
  readonly ratio: number;
  /** Of all rungs together; the median too. */
  readonly framesPerSecond: number;
}

/** The build's worker, compiled from the same sources. */
const WORKER = fileURLToPath(new URL('../../dist/server/capture/worker/main.js', import.meta.url));
const PAINTER = [0, 0, 900, 720, 30];
const SETTLE_MS = 2_000;
const ROUNDS = 3;
/** RFC 3550 section 5.1: the last packet of a frame. */
const MARKER = 0x80;

/** What the worker uses on a busy screen: with nobody watching, with each number of rungs, and once the others are left again. */
export async function measureRungs(codec: VideoCodecName, seconds: number): Promise<RungsResult[]> {
  const x = await startXServer({ first: 70 });
  const painter = await startXProgram('painter', x.display, PAINTER);
  const capture = opened(codec, x.display);
  try {
    await waitFor('a healthy capture', () => capture.status().kind === 'healthy');
    const watched = [[], ['main'], ['medium'], ['low'], ['main', 'medium', 'low']];
    const samples = watched.map((): Sample[] => []);
    // All of them in each round: what else the machine does is shared by all.
    for (let count = 0; count < ROUNDS; count += 1)
      for (const [index, ids] of watched.entries()) samples[index]!.push(await sample(capture, ids, seconds));
    const percentOf = (index: number) => median(samples[index]!.map(({ percent }) => percent));
    return watched.map((ids, index) => ({
      codec,
      rungs: ids.join(' ') || 'none',
      workerPercent: round(percentOf(index)),
      ratio: round(percentOf(index) / percentOf(1), 2),
      framesPerSecond: round(median(samples[index]!.map(({ frames }) => frames / seconds))),
    }));
  } finally {
    await capture.close();
    await painter.stop();
    await x.stop();
  }
}

interface Sample {
  readonly percent: number;
  readonly frames: number;
}

async function sample(capture: Capture, ids: readonly string[], seconds: number): Promise<Sample> {
  let frames = 0;
  const packets = (batch: readonly Buffer[]) => {
    for (const packet of batch) if (packet[1]! & MARKER) frames += 1;
  };
  const releases = ids.map((id) => capture.streams.get(id)!.listen({ packets, restarted: () => undefined }));
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  frames = 0;
  const percent = await cpuPercent([capture.workerPid!], seconds);
  for (const release of releases) release();
  return { percent, frames };
}

function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

function opened(codec: VideoCodecName, display: string): Capture {
  const capture = openCapture({
    config: {
      video: { display, codec, ids: [], pipelines: {}, pipeline: undefined, v2: undefined },
      audio: { device: 'none', codec: 'opus', pipeline: undefined, v2: undefined },
    },
    display,
    screen: { width: 1280, height: 720, rate: 30 },
    legacy: false,
    log: silentLog,
    clock: systemClock,
    workerEntry: WORKER,
  });
  if (!capture.ok) throw new Error(capture.error);
  return capture.value;
}

import type { Browser } from 'playwright-core';
import { openViewer } from '../support/peers/viewer.js';
import type { Product } from '../support/servers/product.js';
import { startXProgram } from '../support/x/x-program.js';
import { childrenOf, cpuPercent, residentKb } from './cpu-time.js';
import { round } from './statistics.js';

export interface LoadResult {
  readonly screen: 'no viewer' | 'still' | 'busy';
  /** Percent of one core. */
  readonly serverPercent: number;
  readonly capturePercent: number;
  readonly serverMb: number;
  readonly captureMb: number;
}

const SETTLE_MS = 3000;
const PAINTER = [0, 0, 900, 720, 30];

/** What server and GStreamer worker use with nobody there, with one viewer on a still screen, and on a busy one. */
export async function measureLoad(browser: Browser, product: Product, seconds: number): Promise<LoadResult[]> {
  const results = [await measure('no viewer', product, seconds)];
  const viewer = await openViewer(browser, product, 'bench-load');
  results.push(await measure('still', product, seconds));
  const painter = await startXProgram('painter', product.display, PAINTER);
  results.push(await measure('busy', product, seconds));
  await painter.stop();
  await viewer.close();
  return results;
}

async function measure(screen: LoadResult['screen'], product: Product, seconds: number): Promise<LoadResult> {
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  const server = product.pid();
  const capture = childrenOf(server);
  const [serverPercent, capturePercent] = await Promise.all([cpuPercent([server], seconds), cpuPercent(capture, seconds)]);
  return {
    screen,
    serverPercent: round(serverPercent),
    capturePercent: round(capturePercent),
    serverMb: round(residentKb(server) / 1024, 0),
    captureMb: round(capture.reduce((sum, pid) => sum + residentKb(pid), 0) / 1024, 0),
  };
}

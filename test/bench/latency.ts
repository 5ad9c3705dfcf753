import type { Browser, Page } from 'playwright-core';
import { openViewer, pixel } from '../support/peers/viewer.js';
import type { Product } from '../support/servers/product.js';
import { takeControl } from '../support/take-control.js';
import { waitFor } from '../support/wait-for.js';
import { startXProgram } from '../support/x/x-program.js';
import { percentile, round } from './statistics.js';

export interface LatencyResult {
  readonly screen: 'still' | 'busy';
  readonly samples: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
}

const FLIP = { x: 1000, y: 100, width: 200, height: 200 };
const PAINTER = [0, 0, 900, 720, 30];

/**
 * Input-to-photon: a key goes through the page's own handlers and data channel to an X client that flips a colour; the time ends
 * when the page has read the changed pixel. The time that a frame callback is given is that of the rendering step's beginning, up to a
 * frame earlier. Keys come at random phase.
 */
export async function measureLatency(
  browser: Browser,
  product: Product,
  screen: 'still' | 'busy',
  samples: number,
): Promise<LatencyResult> {
  const viewer = await openViewer(browser, product, `bench-${screen}`);
  const painter = screen === 'busy' ? await startXProgram('painter', product.display, PAINTER) : undefined;
  const flip = await startXProgram('flip', product.display, [FLIP.x, FLIP.y, FLIP.width, FLIP.height]);
  try {
    await takeControl(product, viewer.token);
    await viewer.page.getByTestId('release-control').first().waitFor();
    const [x, y] = [FLIP.x + FLIP.width / 2, FLIP.y + FLIP.height / 2];
    await waitFor('the flip window in the picture', async () => (await pixel(viewer.page, x, y))[0] < 60);
    const times = await sampleKeys(viewer.page, x, y, samples);
    return { screen, samples: times.length, p50Ms: round(percentile(times, 0.5)), p95Ms: round(percentile(times, 0.95)) };
  } finally {
    await flip.stop();
    await painter?.stop();
    await viewer.close();
  }
}

/** Runs in the page: presses a key, waits for the frame, again and again. Milliseconds per sample. */
function sampleKeys(page: Page, x: number, y: number, samples: number): Promise<number[]> {
  return page.evaluate(
    async ({ x, y, samples }) => {
      const video = document.querySelector<HTMLVideoElement>('[data-testid=video]')!;
      const context = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })!;
      const isWhite = () => {
        context.drawImage(video, x, y, 1, 1, 0, 0, 1, 1);
        return context.getImageData(0, 0, 1, 1).data[0]! > 128;
      };
      const target = document.querySelector<HTMLElement>('textarea.keys')!;
      target.focus();
      const press = (type: 'keydown' | 'keyup') =>
        target.dispatchEvent(new KeyboardEvent(type, { key: 'a', code: 'KeyA', bubbles: true, cancelable: true }));
      const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
      const times: number[] = [];
      for (let i = 0; i < samples; i += 1) {
        await sleep(100 + Math.random() * 150);
        const before = isWhite();
        const start = performance.now();
        const shown = new Promise<number>((resolve, reject) => {
          const limit = setTimeout(() => reject(new Error(`sample ${i}: no change of the picture within 3 s`)), 3000);
          const look = () => {
            if (isWhite() === before) video.requestVideoFrameCallback(look);
            else {
              clearTimeout(limit);
              resolve(performance.now() - start);
            }
          };
          video.requestVideoFrameCallback(look);
        });
        press('keydown');
        press('keyup');
        times.push(await shown);
      }
      return times;
    },
    { x, y, samples },
  );
}

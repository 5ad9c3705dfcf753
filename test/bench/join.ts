import type { Browser } from 'playwright-core';
import type { Product } from '../support/product.js';
import { openViewer } from '../support/viewer.js';
import { percentile, round } from './statistics.js';

export interface JoinResult {
  readonly stunServer: 'none' | 'silent';
  readonly joins: number;
  readonly pageP50Ms: number;
  readonly pageP95Ms: number;
  readonly socketP50Ms: number;
  readonly socketP95Ms: number;
}

declare global {
  interface Window {
    benchSocketOpenMs?: number;
    benchFirstFrameMs?: number;
  }
}

/** From navigation with a token, and from the open WebSocket, to the first presented frame; a fresh context for each join. */
export async function measureJoins(
  browser: Browser,
  product: Product,
  stunServer: 'none' | 'silent',
  joins: number,
): Promise<JoinResult> {
  const page: number[] = [];
  const socket: number[] = [];
  for (let i = 0; i < joins; i += 1) {
    const viewer = await openViewer(browser, product, `join-${i}`, { initScript: stampFirstFrame });
    const [open, frame] = await viewer.page
      .waitForFunction(() => window.benchFirstFrameMs && [window.benchSocketOpenMs ?? Number.NaN, window.benchFirstFrameMs])
      .then((handle) => handle.jsonValue() as Promise<[number, number]>);
    page.push(frame);
    socket.push(frame - open);
    await viewer.close();
  }
  return {
    stunServer,
    joins,
    pageP50Ms: round(percentile(page, 0.5), 0),
    pageP95Ms: round(percentile(page, 0.95), 0),
    socketP50Ms: round(percentile(socket, 0.5), 0),
    socketP95Ms: round(percentile(socket, 0.95), 0),
  };
}

/** Runs in the page before its scripts; times count from navigation. */
function stampFirstFrame(): void {
  const Native = window.WebSocket;
  window.WebSocket = class extends Native {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      this.addEventListener('open', () => {
        window.benchSocketOpenMs ??= performance.now();
      });
    }
  };
  const watch = () => {
    const video = document.querySelector<HTMLVideoElement>('video');
    if (video === null) requestAnimationFrame(watch);
    else
      video.requestVideoFrameCallback((now) => {
        window.benchFirstFrameMs = now;
      });
  };
  watch();
}

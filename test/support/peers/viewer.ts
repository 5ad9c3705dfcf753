import type { Browser, Page } from 'playwright-core';
import type { Product } from '../servers/product.js';

export interface Viewer {
  readonly page: Page;
  readonly id: string;
  readonly token: string;
  close(): Promise<void>;
}

export interface ViewerOptions {
  readonly role?: 'admin' | 'user';
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly hasTouch?: boolean;
  /** Lets the test load scripts of its own into the page, which the page's content security policy forbids. */
  readonly bypassCSP?: boolean;
  /** Runs in the page before any of its scripts. */
  readonly initScript?: string | (() => void);
}

/** Opens the product's page in a browser context of its own, signed in by a token, and waits for a decoded frame. */
export async function openViewer(browser: Browser, product: Product, name: string, options: ViewerOptions = {}): Promise<Viewer> {
  const { token, id } = await product.login(options.role ?? 'user', name);
  const context = await browser.newContext({
    viewport: options.viewport ?? { width: 1440, height: 900 },
    hasTouch: options.hasTouch ?? false,
    bypassCSP: options.bypassCSP ?? false,
  });
  const page = await context.newPage();
  await page.addInitScript(keepPeerConnection);
  if (options.initScript) await page.addInitScript(options.initScript);
  await page.goto(`${product.url}/#token=${token}`);
  await picture(page);
  return { page, id, token, close: () => context.close() };
}

/** Waits until the page has decoded a video frame. */
export async function picture(page: Page, timeoutMs = 20_000): Promise<void> {
  await page.waitForFunction(
    () => {
      const video = document.querySelector<HTMLVideoElement>('[data-testid=video]');
      return video !== null && video.videoWidth > 0 && video.getVideoPlaybackQuality().totalVideoFrames > 0;
    },
    undefined,
    { timeout: timeoutMs, polling: 20 },
  );
}

/** The colour of one pixel of the decoded picture, in screen coordinates of the desktop. */
export async function pixel(page: Page, x: number, y: number): Promise<readonly [red: number, green: number, blue: number]> {
  return page.evaluate(
    ([left, top]) => {
      const video = document.querySelector<HTMLVideoElement>('[data-testid=video]')!;
      const canvas = new OffscreenCanvas(1, 1);
      const context = canvas.getContext('2d')!;
      context.drawImage(video, left!, top!, 1, 1, 0, 0, 1, 1);
      const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
      return [red!, green!, blue!] as const;
    },
    [x, y],
  );
}

/** Keeps the page's newest peer connection where `codecInUse` finds it. */
function keepPeerConnection(): void {
  const Original = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Original {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      (window as { newestPeer?: RTCPeerConnection }).newestPeer = this;
    }
  };
}

/** The transport of the page's nominated candidate pair, `udp` or `tcp`. */
export function pairTransport(page: Page): Promise<string | undefined> {
  return page.evaluate(async () => {
    const stats = await (window as { newestPeer?: RTCPeerConnection }).newestPeer?.getStats();
    const all = new Map<
      string,
      { type: string; selectedCandidatePairId?: string; localCandidateId?: string; protocol?: string }
    >();
    for (const [id, report] of stats ?? []) all.set(id, report);
    const transport = [...all.values()].find(({ type }) => type === 'transport');
    return all.get(all.get(transport?.selectedCandidatePairId ?? '')?.localCandidateId ?? '')?.protocol;
  });
}

/** What the page decodes its picture with, for example `video/VP8`. */
export function codecInUse(page: Page): Promise<string | undefined> {
  return page.evaluate(async () => {
    const stats = await (window as { newestPeer?: RTCPeerConnection }).newestPeer?.getStats();
    const all: { id: string; type: string; kind?: string; codecId?: string; mimeType?: string }[] = [];
    stats?.forEach((each) => {
      all.push(each);
    });
    const video = all.find(({ type, kind }) => type === 'inbound-rtp' && kind === 'video');
    return all.find(({ id }) => id === video?.codecId)?.mimeType;
  });
}

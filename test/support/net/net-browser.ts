import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../browsers/chromium.js';
import { picture } from '../peers/viewer.js';
import { PASSWORDS } from '../servers/product.js';
import { waitFor } from '../wait-for.js';
import type { Host } from './host.js';
import { HTTP_PORT, type NetServer } from './net-server.js';
import type { CandidateEnd, Pair } from './net-viewer.js';

declare global {
  interface Window {
    netPeers?: RTCPeerConnection[];
    netNextFrame?: Promise<number>;
  }
}

/** Chromium on a host of the lab, with the product's page as its users have it. */
export class NetBrowser {
  private constructor(
    private readonly browser: Browser,
    readonly page: Page,
    private readonly server: NetServer,
  ) {}

  /** Opens the page at `address` and signs in; a picture may come or not. */
  static async open(host: Host, server: NetServer, address: string): Promise<NetBrowser> {
    const browser = await launchIn(host);
    const page = await (await browser.newContext()).newPage();
    const opened = new NetBrowser(browser, page, server);
    await page.addInitScript(keepPeers);
    await page.goto(`http://${address}:${HTTP_PORT}/#name=${host.name}&password=${PASSWORDS.user}`);
    return opened;
  }

  /** Waits for the first decoded frame. */
  async picture(): Promise<void> {
    await this.#explained(picture(this.page, 30_000));
  }

  /** Waits until so many more frames are decoded and returns the pair in use; a page that found a new peer counts from there. */
  async watch(frames = 8, deadlineMs = 20_000): Promise<Pair> {
    let last = await this.frames();
    let seen = 0;
    await this.#explained(
      waitFor(
        `${frames} more frames`,
        async () => {
          const now = await this.frames();
          seen += Math.max(0, now - last);
          last = now;
          return seen >= frames;
        },
        deadlineMs,
      ),
    );
    return this.pair();
  }

  /** How long after `restore` has given the network back the next frame was presented, in ms; none may be on its way before. */
  async backAfter(restore: () => void): Promise<number> {
    await this.page.evaluate(() => {
      const video = document.querySelector<HTMLVideoElement>('[data-testid=video]')!;
      window.netNextFrame = new Promise((resolve) => video.requestVideoFrameCallback(() => resolve(Date.now())));
    });
    restore();
    const restoredMs = Date.now();
    const presented = this.page.evaluate(() => window.netNextFrame!);
    return (await this.#explained(within(presented, 'the picture to be back', 20_000))) - restoredMs;
  }

  frames(): Promise<number> {
    return this.page.evaluate(
      () => document.querySelector<HTMLVideoElement>('[data-testid=video]')?.getVideoPlaybackQuality().totalVideoFrames ?? 0,
    );
  }

  /** Waits for a picture of such a width. */
  async pictureWidth(isRight: (width: number) => boolean): Promise<void> {
    const width = () =>
      this.page.evaluate(() => document.querySelector<HTMLVideoElement>('[data-testid=video]')?.videoWidth ?? 0);
    await this.#explained(waitFor('another width of the picture', async () => isRight(await width()), 20_000));
  }

  /** For how long the picture has stood still in all though it should not have, and how often the page asked for a keyframe. */
  disturbances(): Promise<{ readonly freezesMs: number; readonly keyframeDemands: number }> {
    return this.page.evaluate(async () => {
      const connected = window.netPeers!.findLast(({ connectionState }) => connectionState === 'connected')!;
      let freezesMs = 0;
      let keyframeDemands = 0;
      (await connected.getStats()).forEach((value) => {
        if (value.type !== 'inbound-rtp' || value.kind !== 'video') return;
        freezesMs += value.totalFreezesDuration * 1_000;
        keyframeDemands += value.firCount + value.pliCount;
      });
      return { freezesMs, keyframeDemands };
    });
  }

  /** The candidate pair that the page's newest peer sends on. */
  async pair(): Promise<Pair> {
    return this.#explained(waitFor('a selected candidate pair', () => this.page.evaluate(selectedPair)));
  }

  /** How many peer connections the page has made that the server offered to. */
  peers(): Promise<number> {
    return this.page.evaluate(() => window.netPeers!.filter(({ remoteDescription }) => remoteDescription !== null).length);
  }

  async close(): Promise<void> {
    await this.browser.close();
  }

  #explained<T>(promise: Promise<T>): Promise<T> {
    return promise.catch(async (error: Error) => {
      const peers = await this.page.evaluate(() =>
        (window.netPeers ?? []).map(({ connectionState, iceConnectionState, remoteDescription }) => ({
          connectionState,
          iceConnectionState,
          remote: remoteDescription?.sdp.match(/^a=candidate.*/gm),
        })),
      );
      const words = await this.page.textContent('body').catch(() => '');
      throw new Error(
        `${error.message}\nthe page's peers: ${JSON.stringify(peers)}\nthe page says: ${words?.slice(0, 500)}\nthe server said:\n${this.server.output().slice(-3000)}`,
      );
    });
  }
}

async function within<T>(promise: Promise<T>, what: string, deadlineMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${deadlineMs} ms for ${what}`)), deadlineMs);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Playwright starts a wrapper that enters the namespace; the pipes that it talks through come along. */
export async function launchIn(host: Host): Promise<Browser> {
  const folder = mkdtempSync(join(tmpdir(), 'net-browser-'));
  const wrapper = join(folder, 'chromium');
  const chromium = process.env.CHROMIUM ?? '/usr/bin/chromium';
  writeFileSync(wrapper, `#!/bin/sh\nexec ip netns exec ${host.namespace} ${chromium} "$@"\n`);
  chmodSync(wrapper, 0o755);
  process.env.CHROMIUM = wrapper;
  try {
    // Only TURN servers of the lab present certificates, which no authority has signed.
    const browser = await launchChromium({ args: ['--ignore-certificate-errors'] });
    browser.once('disconnected', () => rmSync(folder, { recursive: true, force: true }));
    return browser;
  } finally {
    if (chromium === '/usr/bin/chromium') delete process.env.CHROMIUM;
    else process.env.CHROMIUM = chromium;
  }
}

/** Runs in the page before its scripts. */
function keepPeers(): void {
  const peers: RTCPeerConnection[] = [];
  window.netPeers = peers;
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      peers.push(this);
    }
  };
}

/** Runs in the page. */
async function selectedPair(): Promise<Pair | undefined> {
  const connected = window.netPeers!.findLast(({ connectionState }) => connectionState === 'connected');
  if (!connected) return undefined;
  const stats = new Map<string, Record<string, string | number>>();
  (await connected.getStats()).forEach((value, key) => {
    stats.set(key, value);
  });
  const transport = [...stats.values()].find(({ type }) => type === 'transport');
  const pair = stats.get(String(transport?.selectedCandidatePairId));
  if (!pair) return undefined;
  const end = (id: unknown) => {
    const { candidateType: type, protocol, address, port, relayProtocol } = stats.get(String(id)) ?? {};
    return { type, protocol, address, port, ...(relayProtocol ? { relayProtocol } : {}) } as CandidateEnd;
  };
  return { local: end(pair.localCandidateId), remote: end(pair.remoteCandidateId) };
}

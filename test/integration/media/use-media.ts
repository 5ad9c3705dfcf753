import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { launchChromium } from '../../support/browsers/chromium.js';
import { type Source, startSource } from './picture-source.js';

export interface Media {
  readonly sources: { readonly video: Source; readonly audio: Source };
  readonly browser: Browser;
}

/** A picture, a sound and a browser for all tests of a file; to be asked for inside of tests. */
export function useMedia(): () => Media {
  let sources: Media['sources'] | undefined;
  let browser: Browser | undefined;
  beforeAll(async () => {
    sources = { video: await startSource('vp8'), audio: await startSource('opus') };
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await sources?.video.stop();
    await sources?.audio.stop();
  });
  return () => {
    if (sources === undefined || browser === undefined) throw new Error('no test is running');
    return { sources, browser };
  };
}

/** What is added is called after each test, the last first. */
export function useClosers(): (() => unknown)[] {
  const closers: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });
  return closers;
}

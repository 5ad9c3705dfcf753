import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { childrenOf } from '../bench/cpu-time.js';
import { launchChromium } from '../support/browsers/chromium.js';
import { openViewer, picture } from '../support/peers/viewer.js';
import { type Product, startProduct } from '../support/servers/product.js';
import { waitFor } from '../support/wait-for.js';
import { startXProgram, type XProgram } from '../support/x/x-program.js';

let product: Product;
let browser: Browser;
let painter: XProgram;

beforeAll(async () => {
  [product, browser] = await Promise.all([startProduct(), launchChromium()]);
  painter = await startXProgram('painter', product.display, [0, 0, 640, 480, 30]);
});
afterAll(async () => {
  await browser?.close();
  await painter?.stop();
  await product?.stop();
});

test('the worker is killed while three watch: the picture is back without a new connection', async () => {
  const viewers = await Promise.all(['one', 'two', 'three'].map((name) => openViewer(browser, product, name)));
  onTestFinished(() => Promise.all(viewers.map(({ close }) => close())).then(() => undefined));
  const connections = await Promise.all(viewers.map(({ page }) => streamId(page)));
  const workers = childrenOf(product.pid());
  expect(workers).toHaveLength(1);
  process.kill(workers[0]!, 'SIGKILL');
  const killedAt = performance.now();
  await waitFor('another worker', () => childrenOf(product.pid()).some((pid) => pid !== workers[0]));
  for (const { page } of viewers) await moves(page);
  expect(performance.now() - killedAt).toBeLessThan(3_000);
  expect(await Promise.all(viewers.map(({ page }) => streamId(page)))).toEqual(connections);
});

test('the server is restarted: the page reconnects without being loaded again', async () => {
  const { page, close } = await openViewer(browser, product, 'patient', { role: 'admin' });
  onTestFinished(close);
  await mark(page);
  await product.stopServer('SIGKILL');
  await expect
    .poll(() => page.getByTestId('connection-state').first().textContent(), { timeout: 20_000 })
    .not.toMatch(/^connected/i);
  await product.startServer();
  await waitFor('the page to find the server again', async () => {
    if (await page.getByTestId('login-password').isVisible()) return true;
    return page.evaluate(() => (document.querySelector('video')?.getVideoPlaybackQuality().totalVideoFrames ?? 0) > 0);
  });
  expect(await isMarked(page)).toBe(true);
});

test('the X server is killed and started again: the picture is back without a reload', async () => {
  const { page, close } = await openViewer(browser, product, 'watches-on');
  onTestFinished(close);
  await mark(page);
  await painter.stop();
  await product.restartDisplay();
  const startedAt = performance.now();
  painter = await startXProgram('painter', product.display, [0, 0, 640, 480, 30]);
  await moves(page);
  expect(performance.now() - startedAt).toBeLessThan(10_000);
  expect(await isMarked(page)).toBe(true);
});

test('nothing comes from the server for 30 s: the page is connected again by itself', async () => {
  const { page, close } = await openViewer(browser, product, 'cut-off', { role: 'admin' });
  onTestFinished(close);
  await mark(page);
  const state = page.getByTestId('connection-state').filter({ visible: true }).first();
  const over = new Promise((resolve) => setTimeout(resolve, 30_000));
  process.kill(product.pid(), 'SIGSTOP');
  try {
    await expect.poll(() => state.textContent(), { timeout: 29_000 }).not.toMatch(/^\s*connected\s*$/i);
    await over;
  } finally {
    process.kill(product.pid(), 'SIGCONT');
  }
  await expect.poll(() => state.textContent(), { timeout: 20_000 }).toMatch(/^\s*connected\s*$/i);
  await moves(page);
  expect(await isMarked(page)).toBe(true);
}, 120_000);

/** Leaves something in the page that a reload would take away. */
function mark(page: Page): Promise<void> {
  return page.evaluate(() => {
    (window as { notReloaded?: boolean }).notReloaded = true;
  });
}

function isMarked(page: Page): Promise<boolean> {
  return page.evaluate(() => (window as { notReloaded?: boolean }).notReloaded === true);
}

/** Waits until the picture changes. */
async function moves(page: Page): Promise<void> {
  await picture(page);
  const frames = () => page.evaluate(() => document.querySelector('video')!.getVideoPlaybackQuality().totalVideoFrames);
  const before = await frames();
  await waitFor('new frames', async () => (await frames()) > before + 5);
}

/** Names the page's present peer connection: a new one brings a new MediaStream object. */
function streamId(page: Page): Promise<string> {
  return page.evaluate(() => {
    const stream = document.querySelector('video')!.srcObject as MediaStream & { testName?: string };
    stream.testName ??= Math.random().toString(36);
    return stream.testName;
  });
}

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { launchChromium } from '../support/browsers/chromium.js';
import { freePort } from '../support/free-port.mjs';
import { openViewer } from '../support/peers/viewer.js';
import { startProduct } from '../support/servers/product.js';

let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

test('one TCP port carries the page, the WebSocket and the picture', async () => {
  const port = await freePort();
  const product = await startProduct({ port, env: { NEKO_WEBRTC_TCPMUX: String(port) } });
  onTestFinished(() => product.stop());
  const viewer = await openViewer(browser, product, 'through-one-port');
  onTestFinished(viewer.close);
  await viewer.page.getByTestId('unmute').waitFor();
  expect(product.output()).not.toContain('unexpected error');
});

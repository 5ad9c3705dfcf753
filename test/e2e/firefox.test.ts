import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { launchFirefox } from '../support/browsers/firefox.js';
import { type Product, startProduct } from '../support/servers/product.js';
import { waitFor } from '../support/wait-for.js';
import { XClient } from '../support/x/x-client.js';

let product: Product;
let browser: Browser;

beforeAll(async () => {
  [product, browser] = await Promise.all([startProduct(), launchFirefox()]);
});
afterAll(async () => {
  await browser?.close();
  await product?.stop();
});

/** The colour of one pixel of the decoded picture, as 0 to 255 each; undefined while there is none. */
function colour(page: Page, x: number, y: number): Promise<number[] | undefined> {
  return page.evaluate(
    (left, top) => {
      const video = document.querySelector<HTMLVideoElement>('[data-testid=video]');
      if (video === null || video.videoWidth === 0) return undefined;
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [1, 1];
      const context = canvas.getContext('2d');
      context?.drawImage(video, left, top, 1, 1, 0, 0, 1, 1);
      return Array.from(context?.getImageData(0, 0, 1, 1).data ?? []).slice(0, 3);
    },
    x,
    y,
  );
}

test('Firefox connects and shows what changes on the desktop', async () => {
  const client = await XClient.open(product.display, { width: 400, height: 300 });
  onTestFinished(() => client.close());
  client.paint(0xff0000);
  const { token } = await product.login('admin', 'fox');
  const page = await browser.newPage();
  await page.setViewport({ width: 1300, height: 800 });
  await page.goto(`${product.url}/#token=${token}`);
  await waitFor('red in the picture', async () => {
    const [red = 0, green = 255, blue = 255] = (await colour(page, 200, 150)) ?? [];
    return red > 200 && green < 60 && blue < 60;
  });
  client.paint(0x0000ff);
  await waitFor('blue in the picture', async () => {
    const [red = 255, green = 255, blue = 0] = (await colour(page, 200, 150)) ?? [];
    return blue > 200 && red < 60 && green < 60;
  });
  expect(product.output()).not.toContain('DTLS handshake failed');
});

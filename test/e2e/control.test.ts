import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { launchChromium } from '../support/browsers/chromium.js';
import { openViewer, type Viewer } from '../support/peers/viewer.js';
import { type Product, startProduct } from '../support/servers/product.js';
import { waitFor } from '../support/wait-for.js';
import { XClient } from '../support/x/x-client.js';

let product: Product;
let browser: Browser;

beforeAll(async () => {
  [product, browser] = await Promise.all([startProduct(), launchChromium()]);
});
afterAll(async () => {
  await browser?.close();
  await product?.stop();
});

async function inControl(name: string, viewport?: { width: number; height: number }): Promise<Viewer> {
  const viewer = await openViewer(browser, product, name, viewport ? { viewport } : {});
  onTestFinished(viewer.close);
  await askForControl(viewer.page);
  await viewer.page.getByTestId('release-control').waitFor();
  return viewer;
}

/** The button of the wide layout or the one of the narrow layout, whichever is shown. */
function askForControl(page: Page): Promise<void> {
  return page.getByTestId('ask-control').filter({ visible: true }).first().click();
}

test('typed text arrives in an application, whatever the alphabet', async () => {
  const text = 'Hello, World! äöüß ÄÖÜ é ñ 你好 世界 Привет 🙂';
  const client = await XClient.open(product.display);
  onTestFinished(() => client.close());
  const { page } = await inControl('writer');
  await page.getByTestId('video').click();
  await page.keyboard.type(text, { delay: 5 });
  await waitFor(`${text} in the application`, () => client.typed() === text).catch((error: Error) => {
    throw new Error(`${error.message}; it has ${JSON.stringify(client.typed())}`);
  });
});

test.each([
  { width: 1440, height: 900 },
  { width: 800, height: 1000 },
])('clicks and the wheel land on the right pixel in a window of $width x $height', async (viewport) => {
  const client = await XClient.open(product.display, { width: 1280, height: 720 });
  onTestFinished(() => client.close());
  const { page } = await inControl('pointer', viewport);
  for (const [x, y] of [
    [10, 10],
    [640, 360],
    [1270, 700],
  ] as const) {
    const before = client.inputs.length;
    const at = await onPage(page, x, y);
    await page.mouse.click(at.x, at.y);
    const press = await waitFor(`a click near ${x},${y}`, async () => {
      await client.sync();
      return client.inputs.slice(before).find((input) => input.kind === 'button-down');
    });
    expect(press).toMatchObject({ button: 1 });
    if (press.kind !== 'button-down') throw new Error('not a button');
    expect(Math.abs(press.x - x)).toBeLessThanOrEqual(2);
    expect(Math.abs(press.y - y)).toBeLessThanOrEqual(2);
  }
  const before = client.inputs.length;
  await page.mouse.wheel(0, 240);
  await waitFor('wheel clicks downward', async () => {
    await client.sync();
    return client.inputs.slice(before).some((input) => input.kind === 'button-down' && input.button === 5);
  });
});

test('keys that are held are let go when their viewer vanishes', async () => {
  const client = await XClient.open(product.display);
  onTestFinished(() => client.close());
  const { page } = await inControl('vanishing');
  await page.getByTestId('video').click();
  await page.keyboard.down('Shift');
  await waitFor('Shift held', async () => ((await client.state()) & 1) === 1);
  await page.context().close();
  await waitFor('Shift released', async () => ((await client.state()) & 1) === 0);
});

test('a second viewer asks for control and gets it; the first one is asked and told', async () => {
  const first = await inControl('Anna');
  const second = await openViewer(browser, product, 'Ben');
  onTestFinished(second.close);
  await expect.poll(() => second.page.getByTestId('control-chip').textContent()).toContain('Anna');
  await askForControl(second.page);
  await first.page.getByTestId('accept-control').click();
  await second.page.getByTestId('release-control').waitFor();
  await expect.poll(() => first.page.getByTestId('control-chip').textContent()).toContain('Ben');
});

test('declining keeps the control where it is', async () => {
  const first = await inControl('Carla');
  const second = await openViewer(browser, product, 'Dirk');
  onTestFinished(second.close);
  await askForControl(second.page);
  await first.page.getByTestId('decline-control').click();
  await expect.poll(() => second.page.getByTestId('control-chip').textContent()).toContain('Carla');
});

/** Where a pixel of the desktop is on the page. */
async function onPage(page: Page, x: number, y: number): Promise<{ x: number; y: number }> {
  const box = (await page.getByTestId('video').boundingBox())!;
  return { x: box.x + ((x + 0.5) * box.width) / 1280, y: box.y + ((y + 0.5) * box.height) / 720 };
}

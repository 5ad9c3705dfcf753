import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { launchChromium } from '../support/browsers/chromium.js';
import { codecInUse, openViewer, pixel } from '../support/peers/viewer.js';
import { startProduct } from '../support/servers/product.js';
import { waitFor } from '../support/wait-for.js';
import { XClient } from '../support/x/x-client.js';

let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

const COLOURS = [
  [0xff0000, [255, 0, 0]],
  [0x00ff00, [0, 255, 0]],
  [0x0000ff, [0, 0, 255]],
  [0xffffff, [255, 255, 255]],
] as const;
/** Of 255, per channel: limited range and 4:2:0 at a low bitrate, but no wrong matrix. */
const TOLERANCE = 24;

test.each([
  ['vp8', 'video/VP8'],
  ['h264', 'video/H264'],
  ['vp9', 'video/VP9'],
  ['av1', 'video/AV1'],
])('NEKO_CAPTURE_VIDEO_CODEC=%s is what Chromium decodes, in the right colours', async (codec, mimeType) => {
  const product = await startProduct({ env: { NEKO_CAPTURE_VIDEO_CODEC: codec } });
  onTestFinished(() => product.stop());
  const client = await XClient.open(product.display, { width: 400, height: 300 });
  onTestFinished(() => client.close());
  client.paint(0x808080);
  const { page, close } = await openViewer(browser, product, `watches-${codec}`);
  onTestFinished(close);
  expect(await codecInUse(page)).toBe(mimeType);
  for (const [colour, expected] of COLOURS) {
    client.paint(colour);
    let last: readonly number[] = [];
    await waitFor(`${expected} in the picture`, async () => {
      last = await pixel(page, 200, 150);
      return last.every((value, index) => Math.abs(value - expected[index]!) <= TOLERANCE);
    }).catch((error: Error) => {
      throw new Error(`${error.message}; it shows ${last}`);
    });
  }
});

test('a browser that does not decode the codec is told which, in place of a picture', async () => {
  const product = await startProduct({ env: { NEKO_CAPTURE_VIDEO_CODEC: 'h265' } });
  onTestFinished(() => product.stop());
  const { token } = await product.login('user', 'without-h265');
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  const page = await context.newPage();
  await page.goto(`${product.url}/#token=${token}`);
  await page.getByText('does not decode H265').first().waitFor({ timeout: 15_000 });
});

test('LD5 a viewer of a pipeline that gives no frame within 5 s sees the next, and admins read why', async () => {
  const encoder = 'vp8enc deadline=1 cpu-used=8 ! appsink name=appsink';
  const pipelines = {
    silent: `videotestsrc is-live=true ! identity drop-probability=1 ! ${encoder}`,
    good: { gst_encoder: 'vp8enc', gst_params: { deadline: 1, 'cpu-used': 8 } },
  };
  const env = { NEKO_CAPTURE_VIDEO_PIPELINES: JSON.stringify(pipelines), NEKO_CAPTURE_VIDEO_IDS: 'silent good' };
  const product = await startProduct({ env });
  onTestFinished(() => product.stop());
  const { token, close } = await openViewer(browser, product, 'moved', { role: 'admin' });
  onTestFinished(close);
  const answer = await fetch(`${product.url}/api/room/capture`, { headers: { authorization: `Bearer ${token}` } });
  expect(await answer.json()).toMatchObject({
    problems: expect.arrayContaining([{ about: 'silent', reason: 'no frame came within 5 s' }]),
  });
  const next = await openViewer(browser, product, 'newcomer');
  onTestFinished(next.close);
});

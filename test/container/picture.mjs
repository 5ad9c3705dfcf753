// The picture as a person on this machine gets it: a link, a browser, and a video that plays.
import { chromium } from 'playwright-core';
import { errorMessage } from '../../docker/lib/error-code.mjs';
import { waitFor } from '../support/wait-for.js';

const LIMIT_MS = 60_000;
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
  '--disable-features=LocalNetworkAccessChecks',
];

/** In the page: size of the decoded video and how many different colours a sample of its pixels has. */
function look() {
  const video = document.querySelector('video');
  if (!video?.videoWidth) return undefined;
  const canvas = document.createElement('canvas');
  canvas.width = 160;
  canvas.height = 90;
  const context = canvas.getContext('2d');
  if (context === null) return undefined;
  context.drawImage(video, 0, 0, canvas.width, canvas.height);
  const pixels = context.getImageData(0, 0, canvas.width, canvas.height).data;
  // A pixel as one number, whatever the order of its colours.
  const colours = new Set(new Uint32Array(pixels.buffer));
  return { width: video.videoWidth, height: video.videoHeight, colours: colours.size };
}

/**
 * Opens `link` in Chromium and waits for a video of several colours; rejects with what was seen instead. Writes `screenshot`.
 * @param {string} link
 * @param {string} screenshot
 */
export async function seePicture(link, screenshot) {
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    /** @type {string[]} */
    const said = [];
    page.on('console', (message) => said.push(message.text()));
    await page.goto(link, { timeout: LIMIT_MS });
    /** @type {ReturnType<typeof look>} */
    let seen;
    try {
      return await waitFor(
        'a picture',
        async () => {
          seen = await page.evaluate(look);
          return seen !== undefined && seen.colours >= 20 && seen;
        },
        LIMIT_MS,
      );
    } catch (error) {
      const words = ((await page.textContent('body')) ?? '').slice(0, 500);
      throw new Error(
        `${errorMessage(error)}: video ${JSON.stringify(seen)}, page says "${words}"\n${said.slice(-10).join('\n')}`,
      );
    } finally {
      await page.screenshot({ path: screenshot });
    }
  } finally {
    await browser.close();
  }
}

// The picture as a person on this machine gets it: a link, a browser, and a video that plays.
import { chromium } from 'playwright-core';
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
  context.drawImage(video, 0, 0, canvas.width, canvas.height);
  const pixels = context.getImageData(0, 0, canvas.width, canvas.height).data;
  const colours = new Set();
  for (let at = 0; at < pixels.length; at += 4) colours.add((pixels[at] << 16) | (pixels[at + 1] << 8) | pixels[at + 2]);
  return { width: video.videoWidth, height: video.videoHeight, colours: colours.size };
}

/** Opens `link` in Chromium and waits for a video of several colours; rejects with what was seen instead. Writes `screenshot`. */
export async function seePicture(link, screenshot) {
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const said = [];
    page.on('console', (message) => said.push(message.text()));
    await page.goto(link, { timeout: LIMIT_MS });
    let seen;
    try {
      return await waitFor(
        'a picture',
        async () => {
          seen = await page.evaluate(look);
          return seen?.colours >= 20 && seen;
        },
        LIMIT_MS,
      );
    } catch (error) {
      const words = (await page.textContent('body')).slice(0, 500);
      throw new Error(`${error.message}: video ${JSON.stringify(seen)}, page says "${words}"\n${said.slice(-10).join('\n')}`);
    } finally {
      await page.screenshot({ path: screenshot });
    }
  } finally {
    await browser.close();
  }
}

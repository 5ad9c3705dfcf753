// The picture as a person on this machine gets it: a link, a browser, and a video that plays.
import { chromium } from 'playwright-core';

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
    const deadline = Date.now() + LIMIT_MS;
    for (;;) {
      const seen = await page.evaluate(look);
      if (seen && seen.colours >= 20) {
        await page.screenshot({ path: screenshot });
        return seen;
      }
      if (Date.now() > deadline) {
        await page.screenshot({ path: screenshot });
        throw new Error(
          `no picture: video ${JSON.stringify(seen)}, page says "${(await page.textContent('body')).slice(0, 500)}"\n${said.slice(-10).join('\n')}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  } finally {
    await browser.close();
  }
}

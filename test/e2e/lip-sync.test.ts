import { spawn } from 'node:child_process';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, onTestFinished, test } from 'vitest';
import { launchChromium } from '../support/chromium.js';
import { type Product, startProduct } from '../support/product.js';
import { openViewer } from '../support/viewer.js';
import { waitFor } from '../support/wait-for.js';
import { XClient } from '../support/x-client.js';

let product: Product;
let browser: Browser;

beforeAll(async () => {
  [product, browser] = await Promise.all([startProduct(), launchChromium()]);
});
afterAll(async () => {
  await browser?.close();
  await product?.stop();
});

const RATE_HZ = 48_000;
/** What the player holds back at most, which is part of what is measured. */
const PLAYER_LATENCY_MS = 20;
const PAIRS = 7;
const LIMIT_MS = 80;
const SERIES_LIMIT_MS = 35_000;

test('a flash and a beep made at the same moment are seen and heard within 80 ms of each other', async () => {
  const client = await XClient.open(product.display, { width: 400, height: 300 });
  onTestFinished(() => client.close());
  client.paint(0x000000);
  const beep = startBeeper();
  onTestFinished(beep.stop);
  const { page, close } = await openViewer(browser, product, 'sync');
  onTestFinished(close);
  await page.getByTestId('unmute').click();
  await observe(page);
  // The first sounds set up streams and jitter buffers along the way.
  await waitFor('a beep in the page', async () => {
    beep.play();
    await pause(600);
    return (await observed(page)).sounds.length > 0;
  });
  // A machine that is busy with something else delays sound and picture by themselves: a series without that counts.
  const series: number[][] = [];
  await waitFor(
    'sound within 80 ms of the picture',
    async () => {
      const differences = await measure(page, client, beep);
      series.push(differences);
      return differences.length > PAIRS / 2 && Math.abs(median(differences)) <= LIMIT_MS;
    },
    SERIES_LIMIT_MS,
  ).catch((error: Error) => {
    throw new Error(
      `${error.message}; sound after picture in ms: ${series.map((each) => each.map(Math.round).join(' ')).join(', ')}`,
    );
  });
});

/** Flashes and beeps together several times; how much later than the flash each beep was heard, in ms. */
async function measure(page: Page, client: XClient, beep: { play(): void }): Promise<number[]> {
  const before = await observed(page);
  for (let pair = 0; pair < PAIRS; pair++) {
    client.paint(0xffffff);
    beep.play();
    await pause(300);
    client.paint(0x000000);
    await pause(350 + (pair % 3) * 37);
  }
  const { flashes, sounds } = await observed(page);
  return flashes.slice(before.flashes.length).flatMap((flash) => {
    const sound = sounds.find((at) => Math.abs(at - flash) < 300);
    return sound === undefined ? [] : [sound - flash];
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[values.length >> 1]!;
}

/** Plays into the desktop's sink; nothing is buffered between two beeps, so that one is heard as soon as it is written. */
function startBeeper(): { play(): void; stop(): void } {
  const player = spawn(
    'pacat',
    [
      '--raw',
      '--format=s16le',
      `--rate=${RATE_HZ}`,
      '--channels=1',
      `--latency-msec=${PLAYER_LATENCY_MS}`,
      '--device=audio_output',
    ],
    { env: { ...process.env, PULSE_SERVER: product.pulseServer }, stdio: ['pipe', 'ignore', 'ignore'] },
  );
  player.stdin.on('error', () => undefined);
  const beep = Buffer.alloc((RATE_HZ / 1000) * 150 * 2);
  for (let sample = 0; sample < beep.length / 2; sample++) {
    beep.writeInt16LE(Math.round(20_000 * Math.sin((2 * Math.PI * 1_000 * sample) / RATE_HZ)), sample * 2);
  }
  return { play: () => player.stdin.write(beep), stop: () => void player.kill('SIGKILL') };
}

/** Makes the page write down when it shows a flash and when it plays the first sample of a beep, in ms since 1970. */
function observe(page: Page): Promise<void> {
  return page.evaluate(async () => {
    const seen = { flashes: [] as number[], sounds: [] as number[] };
    (window as { observed?: typeof seen }).observed = seen;
    const video = document.querySelector<HTMLVideoElement>('[data-testid=video]')!;
    const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })!;
    let white = false;
    const look = (_now: number, { presentationTime }: VideoFrameCallbackMetadata) => {
      canvas.drawImage(video, 200, 150, 1, 1, 0, 0, 1, 1);
      const isWhite = canvas.getImageData(0, 0, 1, 1).data[1]! > 128;
      if (isWhite && !white) seen.flashes.push(performance.timeOrigin + presentationTime);
      white = isWhite;
      video.requestVideoFrameCallback(look);
    };
    video.requestVideoFrameCallback(look);
    const listener = `registerProcessor('onset', class extends AudioWorkletProcessor {
      quiet = sampleRate;
      process([[samples = []]]) {
        const now = Date.now();
        samples.forEach((sample, index) => {
          if (Math.abs(sample) < 0.05) this.quiet++;
          else {
            if (this.quiet > sampleRate / 5) this.port.postMessage(now + ((index - samples.length) * 1000) / sampleRate);
            this.quiet = 0;
          }
        });
        return true;
      }
    });`;
    const context = new AudioContext();
    await context.audioWorklet.addModule(URL.createObjectURL(new Blob([listener], { type: 'text/javascript' })));
    const node = new AudioWorkletNode(context, 'onset');
    node.port.onmessage = ({ data }) => seen.sounds.push(data as number);
    context.createMediaStreamSource(video.srcObject as MediaStream).connect(node);
    node.connect(context.destination);
    await context.resume();
  });
}

function observed(page: Page): Promise<{ flashes: number[]; sounds: number[] }> {
  return page.evaluate(() => (window as unknown as { observed: { flashes: number[]; sounds: number[] } }).observed);
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

import { spawn } from 'node:child_process';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { launchChromium } from '../support/browsers/chromium.js';
import { openViewer, pixel } from '../support/peers/viewer.js';
import { type Product, startProduct } from '../support/servers/product.js';
import { waitFor } from '../support/wait-for.js';
import { XClient } from '../support/x/x-client.js';
import { startXProgram } from '../support/x/x-program.js';

let product: Product;
let browser: Browser;

beforeAll(async () => {
  [product, browser] = await Promise.all([startProduct(), launchChromium()]);
});
afterAll(async () => {
  await browser?.close();
  await product?.stop();
});

test('a moving pattern is decoded at 25 frames a second or more, and each frame shows it elsewhere', async () => {
  const painter = await startXProgram('painter', product.display, [0, 0, 640, 480, 30]);
  onTestFinished(() => painter.stop());
  const { page, close } = await openViewer(browser, product, 'watcher');
  onTestFinished(close);
  const best = await waitFor('25 frames a second', async () => {
    const { framesPerSecond, pictures } = await countFrames(page, 2000);
    return framesPerSecond >= 25 && pictures >= 25 && framesPerSecond;
  });
  expect(best).toBeGreaterThanOrEqual(25);
});

test('a viewer who joins a still screen sees it at once, and then next to nothing is sent, least of all keyframes', async () => {
  const client = await XClient.open(product.display, { width: 400, height: 300 });
  onTestFinished(() => client.close());
  client.paint(0xff0000);
  const { page, close } = await openViewer(browser, product, 'late');
  onTestFinished(close);
  await waitFor('red in the picture', async () => isNear(await pixel(page, 200, 150), [255, 0, 0]));
  await waitFor('stillness', async () => (await countFrames(page, 1500)).framesPerSecond === 0);
  const before = await receivedVideo(page);
  await waitFor('four frames without changes', async () => (await receivedVideo(page)).frames >= before.frames + 4);
  const after = await receivedVideo(page);
  expect([after.keyframes, after.keyframeDemands]).toEqual([before.keyframes, before.keyframeDemands]);
  expect((after.bytes - before.bytes) / (after.frames - before.frames)).toBeLessThan(600);
});

test('S5 a page that is closed costs nothing any more at once', async () => {
  const { page } = await openViewer(browser, product, 'leaving');
  await page.close();
  await waitFor(
    'the end of its viewer',
    () => /peer closed.*"sessionId":"leaving-[^}]*"end":"dismissed"/.test(product.output()),
    3_000,
  );
});

test('what changes on the desktop changes in the picture, for every viewer', async () => {
  const client = await XClient.open(product.display, { width: 400, height: 300 });
  onTestFinished(() => client.close());
  const viewers = await Promise.all(['one', 'two', 'three'].map((name) => openViewer(browser, product, name)));
  onTestFinished(() => Promise.all(viewers.map(({ close }) => close())).then(() => undefined));
  for (const [colour, expected] of [
    [0x00ff00, [0, 255, 0]],
    [0x0000ff, [0, 0, 255]],
  ] as const) {
    client.paint(colour);
    for (const { page } of viewers)
      await waitFor(`colour ${expected}`, async () => isNear(await pixel(page, 200, 150), expected));
  }
});

test('a tone of 440 Hz on the desktop is heard in the browser', async () => {
  const tone = playTone(440);
  onTestFinished(tone.stop);
  const { page, close } = await openViewer(browser, product, 'listener');
  onTestFinished(close);
  await page.getByTestId('unmute').click();
  let peakHz: number | undefined;
  await waitFor('a peak at 440 Hz', async () => {
    peakHz = await loudestHz(page);
    return peakHz !== undefined && Math.abs(peakHz - 440) < 12;
  }).catch((error: Error) => {
    throw new Error(
      `${error.message}; the loudest was ${peakHz ?? 'nothing'}, the player said "${tone.said()}"\n${product.output()}`,
    );
  });
});

function playTone(hz: number): { said(): string; stop(): void } {
  const args = `audiotestsrc freq=${hz} volume=0.5 ! audioconvert ! pulsesink device=audio_output`.split(' ');
  const player = spawn('gst-launch-1.0', ['-q', ...args], {
    env: { ...process.env, PULSE_SERVER: product.pulseServer },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  player.stderr.on('data', (data: Buffer) => {
    said += data.toString();
  });
  return { said: () => said, stop: () => void player.kill('SIGKILL') };
}

/** Presented frames per second and how many different pictures there were among them. */
function countFrames(page: Page, ms: number): Promise<{ framesPerSecond: number; pictures: number }> {
  return page.evaluate(async (duration) => {
    const video = document.querySelector<HTMLVideoElement>('[data-testid=video]')!;
    const context = new OffscreenCanvas(64, 1).getContext('2d', { willReadFrequently: true })!;
    let frames = 0;
    let running = true;
    const seen = new Set<string>();
    const look = () => {
      if (!running) return;
      frames += 1;
      context.drawImage(video, 0, 200, 640, 1, 0, 0, 64, 1);
      seen.add(
        `${frames >> 4}:${context
          .getImageData(0, 0, 64, 1)
          .data.map((value) => value >> 4)
          .join()}`,
      );
      video.requestVideoFrameCallback(look);
    };
    video.requestVideoFrameCallback(look);
    await new Promise((resolve) => setTimeout(resolve, duration));
    running = false;
    return { framesPerSecond: (frames * 1000) / duration, pictures: seen.size };
  }, ms);
}

/** The frequency with the most energy in what the page plays; undefined while it is silent. */
function loudestHz(page: Page): Promise<number | undefined> {
  return page.evaluate(async () => {
    const video = document.querySelector<HTMLVideoElement>('[data-testid=video]')!;
    const context = new AudioContext();
    await context.resume();
    const analyser = new AnalyserNode(context, { fftSize: 16_384, smoothingTimeConstant: 0 });
    context.createMediaStreamSource(video.srcObject as MediaStream).connect(analyser);
    await new Promise((resolve) => setTimeout(resolve, 700));
    const bins = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(bins);
    await context.close();
    const loudest = bins.reduce((best, value, index) => (value > bins[best]! ? index : best), 0);
    return bins[loudest]! < -60 ? undefined : (loudest * context.sampleRate) / analyser.fftSize;
  });
}

function isNear(actual: readonly number[], expected: readonly number[]): boolean {
  return actual.every((value, index) => Math.abs(value - expected[index]!) < 60);
}

interface ReceivedVideo {
  readonly frames: number;
  readonly keyframes: number;
  /** How often the page has asked for a keyframe. */
  readonly keyframeDemands: number;
  readonly bytes: number;
}

/** What the page has received of the picture so far. */
function receivedVideo(page: Page): Promise<ReceivedVideo> {
  return page.evaluate(async () => {
    const received = { frames: 0, keyframes: 0, keyframeDemands: 0, bytes: 0 };
    (await (window as { newestPeer?: RTCPeerConnection }).newestPeer!.getStats()).forEach((value) => {
      if (value.type !== 'inbound-rtp' || value.kind !== 'video') return;
      received.frames = value.framesDecoded;
      received.keyframes = value.keyFramesDecoded;
      received.keyframeDemands = value.pliCount + value.firCount;
      received.bytes = value.bytesReceived;
    });
    return received;
  });
}

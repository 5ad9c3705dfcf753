import { spawn } from 'node:child_process';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { launchChromium } from '../support/browsers/chromium.js';
import { openViewer } from '../support/peers/viewer.js';
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

const RATE_HZ = 48_000;
/** What the player holds back at most, which is part of what is measured. */
const PLAYER_LATENCY_MS = 20;
const PAIRS = 7;
const LIMIT_MS = 80;
/** The page says every 2 s how long sound waits, and a machine that is busy with something else may spoil a series. */
const SERIES_LIMIT_MS = 30_000;

test('a flash and a beep made at the same moment are seen and heard within 80 ms of each other', async () => {
  const { page, measure } = await openScene();
  await page.getByTestId('unmute').click();
  await inStep(measure);
});

test('a jitter buffer that has grown: the picture waits for the sound, and no longer than sound is on', async () => {
  const { page, measure } = await openScene();
  await page.getByTestId('unmute').click();
  await page.evaluate((targetMs) => {
    const { newestPeer } = window as unknown as { newestPeer: RTCPeerConnection };
    const sound = newestPeer.getReceivers().find(({ track }) => track.kind === 'audio')!;
    (sound as RTCRtpReceiver & { jitterBufferTarget: number }).jitterBufferTarget = targetMs;
  }, 160);
  await inStep(measure);
  expect(await pictureDelayMs(page, measure)).toBeGreaterThan(60);
  await page.getByLabel('Switch sound off').click();
  await waitFor('a picture that waits for nothing', async () => (await pictureDelayMs(page, measure)) < 20);
});

/** A page that writes down flashes and beeps, beside music that never stops; silence would let its jitter buffer shrink. */
async function openScene() {
  const client = await XClient.open(product.display, { width: 400, height: 300 });
  onTestFinished(() => client.close());
  client.paint(0x000000);
  const [beep, music] = [startPlayer(PLAYER_LATENCY_MS), startPlayer(200)];
  onTestFinished(beep.stop);
  onTestFinished(music.stop);
  music.play(tone(220, 500, 90_000));
  const { page, close } = await openViewer(browser, product, 'sync', { bypassCSP: true });
  onTestFinished(close);
  await observe(page);
  return { page, measure: () => measure(page, client, () => beep.play(BEEP)) };
}

async function inStep(measure: () => Promise<number[]>): Promise<void> {
  const series: number[][] = [];
  await waitFor(
    'sound within 80 ms of the picture',
    async () => {
      const differences = await measure();
      series.push(differences);
      return differences.length > PAIRS / 2 && Math.abs(median(differences)) <= LIMIT_MS;
    },
    SERIES_LIMIT_MS,
  ).catch((error: Error) => {
    throw new Error(
      `${error.message}; sound after picture in ms: ${series.map((each) => each.map(Math.round).join(' ')).join(', ')}`,
    );
  });
}

/** Flashes and beeps together several times; how much later than the flash each beep was heard, in ms. */
async function measure(page: Page, client: XClient, beep: () => void): Promise<number[]> {
  const before = await observed(page);
  for (let pair = 0; pair < PAIRS; pair++) {
    client.paint(0xffffff);
    beep();
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

/** 16-bit samples of a sine. */
function tone(frequencyHz: number, amplitude: number, durationMs: number): Buffer {
  const samples = Buffer.alloc((RATE_HZ / 1000) * durationMs * 2);
  for (let sample = 0; sample < samples.length / 2; sample++) {
    samples.writeInt16LE(Math.round(amplitude * Math.sin((2 * Math.PI * frequencyHz * sample) / RATE_HZ)), sample * 2);
  }
  return samples;
}

const BEEP = tone(1_000, 20_000, 150);

/** Plays into the desktop's sink; nothing is buffered between two beeps, so that one is heard as soon as it is written. */
function startPlayer(latencyMs: number): { play(samples: Buffer): void; stop(): void } {
  const player = spawn(
    'pacat',
    ['--raw', '--format=s16le', `--rate=${RATE_HZ}`, '--channels=1', `--latency-msec=${latencyMs}`, '--device=audio_output'],
    { env: { ...process.env, PULSE_SERVER: product.pulseServer }, stdio: ['pipe', 'ignore', 'ignore'] },
  );
  player.stdin.on('error', () => undefined);
  return { play: (samples) => player.stdin.write(samples), stop: () => void player.kill('SIGKILL') };
}

/** How long the pictures that came during `act` waited for being shown, ms. */
async function pictureDelayMs(page: Page, act: () => Promise<unknown>): Promise<number> {
  const read = () =>
    page.evaluate(async () => {
      const stats = await (window as unknown as { newestPeer: RTCPeerConnection }).newestPeer.getStats();
      const picture = [...stats.values()].find(({ type, kind }) => type === 'inbound-rtp' && kind === 'video');
      return { seconds: picture.jitterBufferDelay as number, pictures: picture.jitterBufferEmittedCount as number };
    });
  const before = await read();
  await act();
  const now = await read();
  expect(now.pictures).toBeGreaterThan(before.pictures);
  return (1000 * (now.seconds - before.seconds)) / (now.pictures - before.pictures);
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

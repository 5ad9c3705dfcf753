import { decode } from 'fast-png';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Desktop } from '../../../server/desktop/desktop.js';
import type { CursorImage } from '../../../server/desktop/screen/cursor-image.js';
import { waitFor } from '../../support/wait-for.js';
import { XClient } from '../../support/x/x-client.js';
import { openTestDesktop, type TestDesktop } from './desktop-fixture.js';

let opened: TestDesktop;
let desktop: Desktop;
let app: XClient;

beforeAll(async () => {
  opened = await openTestDesktop();
  desktop = opened.desktop;
  app = await XClient.open(opened.display, { width: 400, height: 400 });
  desktop.input.move(600, 600);
});
afterAll(async () => {
  app?.close();
  await opened?.close();
});

test('the present shape is known from the start', () => {
  const image = desktop.cursor.image();
  expect(image && decode(image.png)).toMatchObject({ width: image?.width, height: image?.height, channels: 4 });
});

test('a new shape is announced with its pixels and hotspot, and the same one again is the same object', async () => {
  const images: CursorImage[] = [];
  const release = desktop.cursor.onImage((image) => images.push(image));
  const before = desktop.cursor.image();
  // A 16x16 square of red with a hole, hot spot at 3,5; the pointer shows it over the window only.
  app.setCursor({ width: 16, height: 16, hotspotX: 3, hotspotY: 5, colour: 0xff0000 });
  desktop.input.move(200, 200);
  await waitFor('the new shape', () => images.length > 0);
  const image = images[0]!;
  expect(image).toMatchObject({ hotspotX: 3, hotspotY: 5 });
  const { data } = decode(image.png);
  expect([...data.slice(0, 4)]).toEqual([255, 0, 0, 255]);
  desktop.input.move(600, 600);
  await waitFor('the shape from before', () => images.length > 1);
  expect(images[1]).toBe(before);
  desktop.input.move(200, 200);
  await waitFor('the new shape again', () => images.length > 2);
  expect(images[2]).toBe(image);
  release();
});

test('a shape that keeps changing is announced ten times a second, and the last one always', async () => {
  const seen: Array<{ image: CursorImage; atMs: number }> = [];
  const release = desktop.cursor.onImage((image) => seen.push({ image, atMs: performance.now() }));
  desktop.input.move(200, 200);
  for (let step = 0; step < 60; step++) {
    app.setCursor({ width: 16, height: 16, hotspotX: step % 16, hotspotY: 0, colour: 0x00ff00 });
    await app.sync();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  app.setCursor({ width: 16, height: 16, hotspotX: 15, hotspotY: 15, colour: 0x0000ff });
  await waitFor('the last shape', () => seen.at(-1)?.image.hotspotY === 15);
  // How late one of them is heard is the machine's affair; how many there are is not.
  expect(seen.length).toBeLessThanOrEqual((seen.at(-1)!.atMs - seen[0]!.atMs) / 100 + 2);
  release();
});

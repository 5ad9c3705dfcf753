import { afterAll, beforeAll, expect, test } from 'vitest';
import { HONEST_SCREEN, type HonestViewers, openHonestViewers } from '../support/peers/honest-viewers.js';
import { type Product, startProduct } from '../support/servers/product.js';
import { waitFor } from '../support/wait-for.js';

let product: Product;
let viewers: HonestViewers;

beforeAll(async () => {
  product = await startProduct({ env: HONEST_SCREEN });
  viewers = await openHonestViewers(product);
});
afterAll(async () => {
  await viewers?.close();
  await product?.stop();
});

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

test('three viewers who are left alone see frames and their keys within 250 ms', async () => {
  const report = await viewers.unbothered(() => pause(3_000));
  expect(report.inputsSeen).toBeGreaterThan(5);
});

test('the three notice a server that stands still for half a second', async () => {
  const stopped = viewers.unbothered(async () => {
    process.kill(product.pid(), 'SIGSTOP');
    await pause(500);
    process.kill(product.pid(), 'SIGCONT');
    await pause(500);
  });
  await expect(stopped).rejects.toThrow('honest viewers noticed');
  await waitFor('the picture to be back', () =>
    viewers
      .unbothered(() => pause(500))
      .then(
        () => true,
        () => false,
      ),
  );
});

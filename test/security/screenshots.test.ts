import { afterAll, beforeAll, expect, test } from 'vitest';
import { HTTP_LIMITS } from '../../server/signaling/limits.js';
import { childrenOf } from '../bench/cpu-time.js';
import { whileFrozen } from '../support/faults/frozen.js';
import { HONEST_SCREEN, type HonestViewers, openHonestViewers } from '../support/peers/honest-viewers.js';
import { type Product, startProduct } from '../support/servers/product.js';
import { waitFor } from '../support/wait-for.js';

let product: Product;
let viewers: HonestViewers;
let token: string;

beforeAll(async () => {
  product = await startProduct({ env: HONEST_SCREEN });
  viewers = await openHonestViewers(product);
  ({ token } = await product.login('admin', 'photographer'));
});
afterAll(async () => {
  await viewers?.close();
  await product?.stop();
});

/** The status of the answer, its bytes, and how long it took. */
async function shot(quality: number): Promise<{ status: number; jpeg: boolean; tookMs: number }> {
  const askedAtMs = performance.now();
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(`${product.url}/api/room/screen/shot.jpg?quality=${quality}`, { headers });
  const bytes = new Uint8Array(await answer.arrayBuffer());
  return { status: answer.status, jpeg: bytes[0] === 0xff && bytes[1] === 0xd8, tookMs: performance.now() - askedAtMs };
}

test('an admin who asks for screenshots without end gets some, is refused the rest, and the three watch on', async () => {
  await viewers.unbothered(async () => {
    for (let round = 0; round < 3; round++) {
      const answers = await Promise.all(Array.from({ length: 4 * HTTP_LIMITS.screenshotsOfSession.value }, () => shot(90)));
      const statuses = answers.map(({ status }) => status);
      expect(new Set(statuses)).toEqual(new Set([200, 429]));
      expect(answers.filter(({ status, jpeg }) => status === 200 && !jpeg)).toEqual([]);
    }
  });
  expect((await shot(90)).status).toBe(200);
});

test.each([
  ['an X server', () => product.displayPid()],
  ['a worker', () => childrenOf(product.pid())[0] ?? 0],
])('while %s hangs, whoever asks gets an error or a picture within 5 s, and pictures again afterwards', async (_what, pid) => {
  expect((await shot(90)).status).toBe(200);
  await whileFrozen(pid(), async () => {
    const { status, tookMs } = await shot(90);
    expect([200, 500]).toContain(status);
    if (pid() === product.displayPid()) expect(status).toBe(500);
    expect(tookMs).toBeLessThan(5_000);
  });
  await waitFor('a picture', async () => (await shot(90)).status === 200);
});

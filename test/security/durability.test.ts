import { existsSync, readFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { childrenOf } from '../bench/cpu-time.js';
import { limitFiles } from '../support/faults/file-limit.js';
import { whileFrozen } from '../support/faults/frozen.js';
import { canMount, type SmallDisk, smallDisk } from '../support/faults/small-disk.js';
import { HONEST_SCREEN, type HonestViewers, openHonestViewers } from '../support/peers/honest-viewers.js';
import { type Product, startProduct } from '../support/servers/product.js';
import { waitFor } from '../support/wait-for.js';

let disk: SmallDisk | undefined;
let product: Product;
let viewers: HonestViewers;

beforeAll(async () => {
  disk = canMount ? smallDisk(256) : undefined;
  const onDisk: Record<string, string> = {};
  if (disk !== undefined) {
    onDisk.NEKO_LOG_DIR = join(disk.path, 'log');
    onDisk.NEKO_SESSION_FILE = join(disk.path, 'sessions.json');
  }
  product = await startProduct({ env: { ...HONEST_SCREEN, ...onDisk } });
  viewers = await openHonestViewers(product);
});
afterAll(async () => {
  await viewers?.close();
  await product?.stop();
  disk?.remove();
});

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const health = () => fetch(`${product.url}/health`).then(async (answer) => `${answer.status} ${await answer.text()}`);
/** Whether somebody who comes over a connection of his own is turned away. */
const refused = () =>
  new Promise<boolean>((resolve) => {
    const request = get(`${product.url}/health/live`, { agent: false, timeout: 2_000 }, (answer) => {
      answer.resume();
      resolve(answer.statusCode !== 200);
    });
    request.on('timeout', () => request.destroy(new Error('no answer')));
    request.on('error', () => resolve(true));
  });

/** Waits until the three see frames and their keys again, over the connections that they had. */
function watchOn(): Promise<boolean> {
  return waitFor('the picture to be back', () =>
    viewers
      .unbothered(() => pause(500))
      .then(
        () => true,
        () => false,
      ),
  );
}

test('a worker that is stopped is replaced within 5 s, and all three watch on', async () => {
  const [worker] = childrenOf(product.pid());
  if (worker === undefined) throw new Error('no worker');
  await whileFrozen(worker, () =>
    waitFor('another worker', () => childrenOf(product.pid()).some((pid) => pid !== worker), 5_000),
  );
  await watchOn();
  expect(await health()).toBe('200 true');
});

test('an X server that is stopped is told by the health check within 5 s, holds no request up, and all three watch on afterwards', async () => {
  const { token } = await product.login('admin', 'boss');
  await whileFrozen(product.displayPid(), async () => {
    const askedAt = performance.now();
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ width: 800, height: 600, rate: 30 });
    const answer = await fetch(`${product.url}/api/room/screen`, { method: 'POST', headers, body });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(performance.now() - askedAt).toBeLessThan(5_000);
    await waitFor('the health check to tell', async () => (await health()).startsWith('503 the X server does not answer'), 5_000);
    expect((await fetch(`${product.url}/health/live`)).status).toBe(200);
  });
  await waitFor('health', async () => (await health()) === '200 true');
  await watchOn();
});

test('a sound server that is stopped costs the three neither frames nor keys', async () => {
  await viewers.unbothered(() => whileFrozen(product.pulsePid, () => pause(5_000)));
  expect(await health()).toBe('200 true');
});

test('without a free descriptor newcomers get an error, the three notice nothing, and newcomers are let in again afterwards', async () => {
  const lift = limitFiles(product.pid(), 0);
  try {
    await viewers.unbothered(async () => {
      await waitFor('a refusal', refused);
      await pause(1_000);
    });
  } finally {
    lift();
  }
  await waitFor('a newcomer to be let in', async () => !(await refused()));
  await watchOn();
});

test('a worker that dies while no descriptor is free is replaced as soon as there is one', async () => {
  const lift = limitFiles(product.pid(), 0);
  const [worker] = childrenOf(product.pid());
  try {
    process.kill(worker ?? 0, 'SIGKILL');
    await pause(1_500);
  } finally {
    lift();
  }
  await watchOn();
});

test.runIf(canMount)(
  'a full disk under log, sessions and bans is noticed by nobody, and all are written again once there is room',
  async () => {
    if (disk === undefined) throw new Error('no disk');
    const sessions = join(disk.path, 'sessions.json');
    const before = readFileSync(sessions, 'utf8');
    disk.fill();
    const { token } = await product.login('admin', 'full');
    const answer = await fetch(`${product.url}/api/profile`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ name: 'n'.repeat(128) }),
    });
    expect(answer.status).toBe(200);
    const banned = await fetch(`${product.url}/api/bans`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ address: '203.0.113.9' }),
    });
    expect(banned.status).toBe(200);
    await viewers.unbothered(() => pause(1_000));
    expect(readFileSync(sessions, 'utf8')).toBe(before);
    disk.free();
    await waitFor('the session to be saved', () => existsSync(sessions) && readFileSync(sessions, 'utf8').includes('nnnn'));
    const bans = `${sessions}.bans`;
    await waitFor('the ban to be saved', () => existsSync(bans) && readFileSync(bans, 'utf8').includes('203.0.113.9'));
    await waitFor('the log to tell', () =>
      readFileSync(join(disk?.path ?? '', 'log/neko-latest.log'), 'utf8').includes('file works again'),
    );
  },
);

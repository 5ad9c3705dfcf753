import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Host } from '../support/net/host.js';
import { canMakeNetworks, type Lab, openLab } from '../support/net/lab.js';
import { canMakeLinks, type Link } from '../support/net/link/link.js';
import type { BothWays, LinkQuality } from '../support/net/link/link-quality.js';
import { waitFor } from '../support/wait-for.js';

const PROBE = fileURLToPath(new URL('../support/net/link/link-probe.mjs', import.meta.url));
const LEFT = '10.1.0.1';
const RIGHT = '10.1.0.2';
const PORT = 5000;
/** IPv4 and UDP. */
const HEADERS = 28;
const MBPS = 1_000_000;
/** A rate is that of the usual run of so many packets: a machine that stands still for a moment holds a few runs up, not the rest. */
const RATE_PACKETS = 50;

interface Arrival {
  readonly number: number;
  readonly sentMs: number;
  readonly receivedMs: number;
}

interface Traffic {
  readonly count: number;
  readonly perSecond: number;
  /** Of the whole IP packet. */
  readonly bytes?: number;
}

describe.skipIf(!canMakeNetworks || !canMakeLinks)('a link between two hosts', () => {
  let lab: Lab;
  let left: Host;
  let right: Host;
  let link: Link;
  beforeAll(async () => {
    lab = openLab();
    await connect(1);
  });
  afterAll(() => lab.close());

  async function connect(seed: number): Promise<void> {
    link = await lab.link('link', { seed, toLeft: {}, toRight: {} });
    left = lab.host('left').plug(link.left, [`${LEFT}/24`, '2001:db8:1::1/64']);
    right = lab.host('right').plug(link.right, [`${RIGHT}/24`, '2001:db8:1::2/64']);
  }

  const make = ({ toRight = {}, toLeft = {} }: Partial<BothWays<LinkQuality>>) => link.change({ toRight, toLeft });

  /** Sends UDP packets from one host to an address of the other and returns what arrives. */
  async function send(from: Host, to: Host, address: string, { bytes = 1000, ...traffic }: Traffic): Promise<Arrival[]> {
    const listener = probe(to, { listen: address, port: PORT }, 'pipe');
    await once(listener.stdout!, 'data');
    const heard = text(listener.stdout!);
    const sender = probe(from, { send: address, port: PORT, bytes: bytes - HEADERS, ...traffic }, 'ignore');
    await once(sender, 'exit');
    await drained();
    listener.stdin!.end();
    const arrived = JSON.parse(await heard) as [number, number, number][];
    return arrived.map(([number, sentMs, receivedMs]) => ({ number, sentMs, receivedMs }));
  }

  /** Resolves when nothing is inside the link any more, nor on its way into it. */
  async function drained(): Promise<void> {
    let before = '';
    await waitFor('the link to be empty', async () => {
      const counts = await link.counts();
      const same = JSON.stringify(counts) === before;
      before = JSON.stringify(counts);
      return same && counts.toLeft.inside + counts.toRight.inside === 0;
    });
  }

  const toRight = (traffic: Traffic) => send(left, right, RIGHT, traffic);
  const toLeft = (traffic: Traffic) => send(right, left, LEFT, traffic);

  test('each direction has its own rate within 5 %, and a queue that is as long as it says', async () => {
    await make({ toRight: { rateBps: 2 * MBPS, queueBytes: 25_000 }, toLeft: { rateBps: 8 * MBPS } });
    const slow = await toRight({ count: 1000, perSecond: 500 });
    expect(rateBps(slow, 1000) / (2 * MBPS)).toBeCloseTo(1, 1.3);
    // 25 packets wait before each once the queue is full, one is being sent, and then itself.
    const behindQueue = median(delaysMs(slow).slice(100));
    expect(behindQueue).toBeGreaterThan(25 * 4);
    expect(behindQueue).toBeLessThan(28 * 4);
    const { overflowed } = (await link.counts()).toRight;
    expect(slow.length + overflowed).toBe(1000);
    const fast = await toLeft({ count: 1500, perSecond: 1500 });
    expect(rateBps(fast, 1000) / (8 * MBPS)).toBeCloseTo(1, 1.3);
    expect(fast).toHaveLength(1500);
  });

  test('a TCP connection gets the rate of the link', async () => {
    await make({ toRight: { rateBps: 8 * MBPS, queueBytes: 60_000, delayMs: 10 }, toLeft: { delayMs: 10 } });
    const { seconds } = await transfer(2_000_000);
    // 1448 of 1500 bytes are the file's; the connection has to find the rate first.
    const ratio = (2_000_000 * (1500 / 1448) * 8) / seconds / (8 * MBPS);
    expect(ratio).toBeGreaterThan(0.85);
    expect(ratio).toBeLessThan(1.05);
  });

  test('each direction has its own delay, within 2 ms where the machine is not late itself', async () => {
    await make({ toRight: { delayMs: 40 }, toLeft: { delayMs: 15 } });
    expect(Math.abs(prompt(await toRight({ count: 300, perSecond: 200 })) - 40)).toBeLessThan(2);
    expect(Math.abs(prompt(await toLeft({ count: 300, perSecond: 200 })) - 15)).toBeLessThan(2);
  });

  test('jitter spreads the delay to both sides and keeps the order', async () => {
    await make({ toRight: { delayMs: 50, jitterMs: 30 } });
    const arrived = await toRight({ count: 150, perSecond: 50 });
    const delays = delaysMs(arrived).toSorted((a, b) => a - b);
    expect(delays[15]).toBeLessThan(40);
    expect(delays[135]).toBeGreaterThan(60);
    expect(numbers(arrived)).toEqual(numbers(arrived).toSorted((a, b) => a - b));
  });

  test('loss takes its share, over IPv6 as well, and the same packets for the same seed', async () => {
    const traffic = { count: 2000, perSecond: 2000, bytes: 200 };
    const arrivals: number[][] = [];
    for (const seed of [7, 7, 8]) {
      await connect(seed);
      await make({ toRight: { loss: 0.1 } });
      arrivals.push(numbers(await toRight(traffic)));
    }
    // Five standard deviations of 2000 tries.
    expect(Math.abs(arrivals[0]!.length - 1800)).toBeLessThan(5 * Math.sqrt(2000 * 0.1 * 0.9));
    expect(arrivals[1]).toEqual(arrivals[0]);
    expect(arrivals[2]).not.toEqual(arrivals[0]);
    await make({ toLeft: { loss: 1 } });
    expect(await send(left, right, '2001:db8:1::2', traffic)).toHaveLength(2000);
    expect(await send(right, left, '2001:db8:1::1', traffic)).toHaveLength(0);
  });

  test('reordering lets packets pass those that are held back', async () => {
    await make({ toRight: { delayMs: 10, reorder: 0.1, reorderMs: 40 } });
    const arrived = await toRight({ count: 1000, perSecond: 500 });
    expect(arrived).toHaveLength(1000);
    let newest = -1;
    let passed = 0;
    for (const { number } of arrived) {
      if (number < newest) passed++;
      newest = Math.max(newest, number);
    }
    // Five standard deviations of 1000 tries; the last few have nobody behind them who could pass.
    expect(Math.abs(passed - 100)).toBeLessThan(5 * Math.sqrt(1000 * 0.1 * 0.9));
  });

  test('TCP gets everything through a link that loses and reorders', async () => {
    const bad = { rateBps: 20 * MBPS, delayMs: 5, jitterMs: 3, loss: 0.02, reorder: 0.02, reorderMs: 8 };
    await make({ toRight: bad, toLeft: bad });
    const { sent, received } = await transfer(500_000);
    expect(received).toBe(sent);
    expect((await link.counts()).toRight.lost).toBeGreaterThan(0);
  });

  test('a link can change while packets travel', async () => {
    await make({ toRight: { delayMs: 5 } });
    expect(median(delaysMs(await toRight({ count: 50, perSecond: 200 })))).toBeLessThan(10);
    await link.change({ toRight: { delayMs: 60 } });
    expect(median(delaysMs(await toRight({ count: 50, perSecond: 200 })))).toBeGreaterThan(55);
  });

  /** Copies so many random bytes from left to right over TCP. */
  async function transfer(bytes: number) {
    const content = randomBytes(bytes);
    const receiver = right.spawn(process.execPath, ['-e', RECEIVE], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(receiver.stdout!, 'data');
    const said = text(receiver.stdout!);
    const sender = left.spawn(process.execPath, ['-e', SEND], { stdio: ['pipe', 'ignore', 'inherit'] });
    sender.stdin!.end(content);
    const { hash, seconds } = JSON.parse(await said) as { hash: string; seconds: number };
    return { sent: createHash('sha256').update(content).digest('hex'), received: hash, seconds };
  }
});

/** Hashes one connection, and measures from its first byte to its last. */
const RECEIVE = `
  const hash = require('node:crypto').createHash('sha256');
  let first;
  const server = require('node:net').createServer((socket) => {
    server.close();
    socket.on('data', (data) => { first ??= performance.now(); hash.update(data); });
    socket.on('end', () => {
      console.log(JSON.stringify({ hash: hash.digest('hex'), seconds: (performance.now() - first) / 1000 }));
      socket.end();
    });
  });
  server.listen(${PORT}, '${RIGHT}', () => console.log('"listening"'));
`;
const SEND = `process.stdin.pipe(require('node:net').connect(${PORT}, '${RIGHT}'))`;

function probe(host: Host, options: object, stdin: 'pipe' | 'ignore') {
  return host.spawn(process.execPath, [PROBE, JSON.stringify(options)], { stdio: [stdin, 'pipe', 'inherit'] });
}

const numbers = (arrived: readonly Arrival[]) => arrived.map(({ number }) => number);
const delaysMs = (arrived: readonly Arrival[]) => arrived.map(({ sentMs, receivedMs }) => receivedMs - sentMs);
/** The delay of the packets that nothing else on the machine held up. */
const prompt = (arrived: readonly Arrival[]) => delaysMs(arrived).toSorted((a, b) => a - b)[arrived.length >> 4]!;
const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;

/** From the first arrival to the last; the first packet's own bytes came before. */
function rateBps(arrived: readonly Arrival[], bytes: number): number {
  const spans = arrived.slice(RATE_PACKETS).map(({ receivedMs }, index) => receivedMs - arrived[index]!.receivedMs);
  return (RATE_PACKETS * bytes * 8) / (median(spans) / 1000);
}

// The link between two network interfaces, `left` and `right`, which it makes in its own network namespace for others to take
// away. Argument: JSON of LinkOptions; says `ready`, then answers each request on its standard input.
import { createInterface } from 'node:readline';
import { seededRandom } from '../../seeded-random.js';
import { LinkDirection } from './link-direction.js';
import type { LinkOptions, LinkQuality, LinkRequest } from './link-quality.js';
import { openTun, type TunDevice } from './tun-device.js';

/** Timers are due a millisecond late at worst; half of that early and half late cancel out. */
const EARLY_MS = 0.5;

const options = JSON.parse(process.argv[2] ?? '{}') as LinkOptions;

/** One direction on the real clock: `deliver` gets each packet when it is due. */
class Relay {
  readonly #direction: LinkDirection<Buffer>;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    quality: LinkQuality,
    seed: number,
    private readonly deliver: (packet: Buffer) => void,
  ) {
    this.#direction = new LinkDirection(quality, seededRandom(seed));
  }

  get counts() {
    return this.#direction.counts;
  }

  change(quality: LinkQuality): void {
    this.#direction.change(quality, performance.now());
    this.#run();
  }

  push(packet: Buffer): void {
    // What is for all neighbours (IPv6 looks for routers, say) is no traffic: it would use up random numbers at random.
    if (isMulticast(packet)) return;
    this.#direction.push(packet, performance.now());
    this.#run();
  }

  #run(): void {
    clearTimeout(this.#timer);
    for (const packet of this.#direction.take(performance.now() + EARLY_MS)) this.deliver(packet);
    const nextMs = this.#direction.nextMs();
    if (nextMs === undefined) return;
    this.#timer = setTimeout(() => this.#run(), Math.max(1, nextMs - performance.now()));
  }
}

function isMulticast(packet: Buffer): boolean {
  return packet[0]! >> 4 === 6 ? packet[24] === 0xff : packet[16]! >> 4 === 0xe;
}

const toRight = new Relay(options.toRight, options.seed, (packet) => right.write(packet));
const toLeft = new Relay(options.toLeft, ~options.seed, (packet) => left.write(packet));
const left: TunDevice = openTun('left', (packet) => toRight.push(packet));
const right: TunDevice = openTun('right', (packet) => toLeft.push(packet));

function answer(request: LinkRequest): unknown {
  if ('counts' in request) return { toLeft: toLeft.counts, toRight: toRight.counts };
  if (request.change.toLeft) toLeft.change(request.change.toLeft);
  if (request.change.toRight) toRight.change(request.change.toRight);
  return 'changed';
}

createInterface({ input: process.stdin })
  .on('line', (line) => process.stdout.write(`${JSON.stringify(answer(JSON.parse(line) as LinkRequest))}\n`))
  // Reading an interface blocks a thread for good, which an orderly exit would wait for.
  .on('close', () => process.kill(process.pid, 'SIGKILL'));
process.stdout.write('"ready"\n');

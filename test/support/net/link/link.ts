import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Host, Socket } from '../host.js';
import type { BothWays, LinkCounts, LinkOptions, LinkQuality, LinkRequest } from './link-quality.js';

const VITE_NODE = fileURLToPath(new URL('../../../../node_modules/vite-node/vite-node.mjs', import.meta.url));
const PROGRAM = fileURLToPath(new URL('link-process.ts', import.meta.url));

/** What the system holds for a process that has no time to read: enough to drop nothing that the link would not. */
const UNREAD_PACKETS = 10_000;

export const canMakeLinks = existsSync('/dev/net/tun');

/**
 * A cable between two hosts that a process of ours carries every packet over: it has a rate, a queue and a delay, and loses and
 * reorders packets, each direction for itself. `host.plug(link.left, …)` connects an end. No multicast passes.
 */
export class Link {
  readonly left: Socket = { connect: (namespace, interfaceName) => this.#move('left', namespace, interfaceName) };
  readonly right: Socket = { connect: (namespace, interfaceName) => this.#move('right', namespace, interfaceName) };
  readonly #heard: AsyncIterator<string>;

  private constructor(
    private readonly host: Host,
    private readonly child: ChildProcess,
  ) {
    this.#heard = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  }

  /** The link's process runs on `host`, which has nothing else to do. */
  static async open(host: Host, options: LinkOptions): Promise<Link> {
    const child = host.spawn(process.execPath, [VITE_NODE, PROGRAM, JSON.stringify(options)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const link = new Link(host, child);
    await link.#answer();
    return link;
  }

  /** Another quality for the directions that are named; the process that does it knows when this resolves. */
  async change(qualities: Partial<BothWays<LinkQuality>>): Promise<void> {
    await this.#ask({ change: qualities });
  }

  async counts(): Promise<BothWays<LinkCounts>> {
    return (await this.#ask({ counts: true })) as BothWays<LinkCounts>;
  }

  #ask(request: LinkRequest): Promise<unknown> {
    this.child.stdin!.write(`${JSON.stringify(request)}\n`);
    return this.#answer();
  }

  async #answer(): Promise<unknown> {
    const { done, value } = await this.#heard.next();
    if (done) throw new Error("the link's process ended");
    return JSON.parse(value);
  }

  #move(end: 'left' | 'right', namespace: string, interfaceName: string): void {
    this.host.ip('link', 'set', end, 'txqueuelen', String(UNREAD_PACKETS));
    this.host.ip('link', 'set', end, 'netns', namespace, 'name', interfaceName);
  }
}

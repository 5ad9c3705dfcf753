import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { PASSWORDS } from '../servers/product.js';
import { waitFor } from '../wait-for.js';
import type { Host } from './host.js';
import type { NetServer } from './net-server.js';

const PROGRAM = fileURLToPath(new URL('programs/client.mjs', import.meta.url));

export interface CandidateEnd {
  readonly type: 'host' | 'srflx' | 'prflx' | 'relay';
  readonly protocol: 'udp' | 'tcp';
  readonly address: string;
  readonly port: number;
  /** How a relay is reached. */
  readonly relayProtocol?: 'udp' | 'tcp' | 'tls';
}

/** The candidate pair that the viewer sends on, from its side. */
export interface Pair {
  readonly local: CandidateEnd;
  readonly remote: CandidateEnd;
}

export interface NetViewerOptions {
  readonly name?: string;
  /** Uses relayed candidates of its own alone. */
  readonly relayOnly?: boolean;
  /** As if the server had told it of no ICE servers. */
  readonly ignoreServers?: boolean;
}

interface Said {
  readonly event: string;
  readonly atMs: number;
  /** When it was heard, on the clock of the test. */
  readonly heardMs: number;
  readonly [field: string]: unknown;
}

/** A viewer (libwebrtc without a browser) that runs on a host of the lab. */
export class NetViewer {
  readonly said: Said[] = [];
  #errors = '';

  constructor(
    private readonly child: ChildProcess,
    private readonly server: NetServer,
  ) {
    createInterface({ input: child.stdout! }).on('line', (line) =>
      this.said.push({ ...(JSON.parse(line) as Said), heardMs: performance.now() }),
    );
    child.stderr!.on('data', (data: Buffer) => {
      this.#errors += data.toString();
    });
  }

  /** Waits for moving pictures: this many more that differ from the one before. Returns the pair they come over. */
  async watch(pictures = 8, deadlineMs = 20_000): Promise<Pair> {
    const before = this.pictures();
    await this.until(`${pictures} more pictures that differ`, () => this.pictures() >= before + pictures, deadlineMs);
    return this.pair();
  }

  /** How long after `restore` has given the network back the first picture was there, in ms. Before, none may have come for 1 s. */
  async backAfter(restore: () => void): Promise<number> {
    const before = this.said.length;
    restore();
    const restoredMs = performance.now();
    const back = () => this.said.slice(before).find(({ event }) => event === 'picture');
    const { heardMs } = await this.until('the picture to be back', back);
    return heardMs - restoredMs;
  }

  /** Pictures so far that differ from the one before. */
  pictures(): number {
    return Number(this.last('frames')?.pictures ?? 0);
  }

  /** The candidate pair in use. */
  async pair(): Promise<Pair> {
    const said = await this.until('a selected candidate pair', () => this.last('pair'));
    return { local: said.local as CandidateEnd, remote: said.remote as CandidateEnd };
  }

  /** From `signal/request` to a connected peer (ICE and DTLS). */
  async connectedMs(): Promise<number> {
    const connected = await this.until('a connection', () => this.last('state', (said) => said.state === 'connected'));
    return Number(connected.ms);
  }

  /** Joins this many times more; the quickest `connectedMs`: what a path takes, it takes each time. */
  async joinAgain(times: number): Promise<number> {
    const took: number[] = [];
    for (let i = 0; i < times; i++) {
      const before = this.said.length;
      this.command('request');
      await this.until('another connection', () => this.#hasJoined(before));
      took.push(await this.connectedMs());
    }
    return Math.min(...took);
  }

  /** Whether a connection came of an offer after the first `before` lines; until there is one, lines may be about the last connection. */
  #hasJoined(before: number): boolean {
    const offered = this.said.findIndex(({ event }, index) => index >= before && event === 'provide');
    return offered >= 0 && this.said.slice(offered).some(({ event, state }) => event === 'state' && state === 'connected');
  }

  last(event: string, matches: (said: Said) => boolean = () => true): Said | undefined {
    return this.said.findLast((said) => said.event === event && matches(said));
  }

  /** Candidates that the server told: those in its offer and those that came later. */
  serverCandidates(): string[] {
    const listed = this.said.flatMap((said) => (said.event === 'provide' ? ((said.candidates ?? []) as string[]) : []));
    const told = this.said.flatMap((said) => (said.event === 'server-candidate' ? [String(said.candidate)] : []));
    return [...new Set([...listed.map((line) => line.replace(/^a=/, '')), ...told])];
  }

  /** `leave` closes the peer connection and keeps the socket. */
  command(word: 'restart' | 'request' | 'control' | 'leave'): void {
    this.child.stdin!.write(`${word}\n`);
  }

  async until<T>(what: string, probe: () => T, deadlineMs = 20_000) {
    const alive = () => {
      if (this.child.exitCode !== null) throw new Error(`the viewer ended with ${this.child.exitCode} before: ${what}`);
      return probe();
    };
    return waitFor(what, alive, deadlineMs).catch((error: Error) => {
      throw new Error(`${error.message}\n${this.evidence()}`);
    });
  }

  /** How many new pictures it reported in each second of its life. */
  #picturesBySecond(): number[] {
    const bySecond: number[] = [];
    let before = 0;
    for (const { event, atMs, pictures } of this.said) {
      if (event !== 'frames') continue;
      const second = Math.floor(atMs / 1000);
      while (bySecond.length <= second) bySecond.push(0);
      bySecond[second]! += Number(pictures) - before;
      before = Number(pictures);
    }
    return bySecond;
  }

  /** The last words of both sides, for a failure. */
  evidence(): string {
    const said = this.said.filter(({ event }, index) => event !== 'frames' || index === this.said.length - 1);
    const lines = said.slice(-40).map((each) => JSON.stringify(each));
    const pictures = `pictures in each second: ${this.#picturesBySecond().join(' ')}`;
    return [
      'the viewer said:',
      ...lines,
      pictures,
      this.#errors.slice(-2000),
      'the server said:',
      this.server.output().slice(-3000),
    ].join('\n');
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await gone;
  }
}

/** Starts a viewer on `host` that finds the server at `address` (of the server, a router or a proxy). */
export function startNetViewer(host: Host, server: NetServer, address: string, options: NetViewerOptions = {}): NetViewer {
  const { name = host.name, ...others } = options;
  const argument = JSON.stringify({ url: `http://${address}`, name, password: PASSWORDS.user, ...others });
  const child = host.spawn(process.execPath, [PROGRAM, argument], { stdio: ['pipe', 'pipe', 'pipe'] });
  return new NetViewer(child, server);
}

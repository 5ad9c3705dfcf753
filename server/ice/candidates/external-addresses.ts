import { lookup } from 'node:dns/promises';
import { type BackoffPolicy, backoffMs } from '../../lib/backoff.js';
import type { Clock } from '../../lib/clock.js';
import type { Dispose } from '../../lib/dispose.js';
import type { Log } from '../../lib/log.js';
import { canonicalAddress } from '../address.js';
import type { ExternalEntry, StaticEntry } from '../ice-types.js';
import type { ResolvedCandidate, ResolvedExternal } from './candidate-policy.js';

/** The addresses of webrtc.nat1to1 and webrtc.candidates, host names followed as they change. */
export interface ExternalAddresses {
  /** The addresses known now; names older than a minute are looked up again in the background, for the next call. */
  current(): { readonly externals: readonly ResolvedExternal[]; readonly statics: readonly ResolvedCandidate[] };
  /** The first external address that is known, configured, found or seen by a STUN server. */
  publicAddress(): string | undefined;
  /** Takes the address that a STUN server saw, for `stun:port`; true if that makes a new candidate. */
  discovered(address: string): boolean;
  /** Takes our address as a web service saw it, when it answered late. */
  found(address: string): void;
  /** Stops all lookups. */
  close(): void;
}

interface Options {
  readonly nat1to1: readonly ExternalEntry[];
  readonly found?: readonly string[];
  readonly candidates: readonly StaticEntry[];
  readonly clock: Clock;
  readonly log: Log;
  /** All addresses of a name; default the system's resolver. */
  readonly resolve?: (name: string) => Promise<readonly string[]>;
  /** A name that was unknown at start has an address now. */
  readonly onChange?: () => void;
}

/** A machine has few addresses; a hostile server must not fill our memory. */
const MAX_SEEN = 8;
const REFRESH_MS = 60_000;
/** At boot the resolver may come after us. */
const UNKNOWN: BackoffPolicy = { firstMs: 1_000, maxMs: 30_000 };

/** Looks up the names; one that does not resolve is left out, logged, and looked up until it resolves. */
export async function externalAddresses(options: Options): Promise<ExternalAddresses> {
  const { nat1to1, candidates } = options;
  const found: ResolvedExternal[] = [];
  const take = (text: string) => {
    const external = canonicalAddress(text);
    if (external !== undefined) found.push({ external, found: true });
  };
  for (const text of options.found ?? []) take(text);
  const names = new Names(options);
  const hosts = [...nat1to1.map(({ external }) => external), ...candidates.flatMap((each) => ('host' in each ? each.host : []))];
  await names.start(hosts.filter((host) => canonicalAddress(host) === undefined));
  const seen = new Set<string>();
  const current: ExternalAddresses['current'] = () => {
    names.refresh();
    return {
      externals: [
        ...nat1to1.flatMap(({ external, local }) => {
          const inside = local === undefined ? {} : { local: canonicalAddress(local) ?? local };
          return names.addressesOf(external).map((address) => ({ external: address, ...inside }));
        }),
        ...found,
      ],
      statics: candidates.flatMap((entry) => {
        const addresses = entry.kind === 'stun' ? [...seen] : names.addressesOf(entry.host);
        return addresses.map((address) => ({ address, port: entry.port }));
      }),
    };
  };
  return {
    current,
    publicAddress: () => current().externals[0]?.external ?? [...seen][0],
    discovered: (address) => {
      if (seen.has(address) || seen.size >= MAX_SEEN) return false;
      seen.add(address);
      return candidates.some(({ kind }) => kind === 'stun');
    },
    found: take,
    close: () => names.close(),
  };
}

class Names {
  readonly #options: Options;
  readonly #known = new Map<string, readonly string[]>();
  #askedMs = 0;
  #release: Dispose = () => undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  async start(names: readonly string[]): Promise<void> {
    for (const name of names) this.#known.set(name, []);
    this.#askedMs = this.#options.clock.nowMs();
    await this.#askUnknown(0);
  }

  close(): void {
    this.#release();
  }

  /** Asks for the names without an address, and again later while there are any. */
  async #askUnknown(attempt: number): Promise<void> {
    const unknown = () => [...this.#known].flatMap(([name, addresses]) => (addresses.length === 0 ? [name] : []));
    const before = unknown();
    await Promise.all(before.map((name) => this.#ask(name, attempt > 0)));
    if (attempt > 0 && unknown().length < before.length) this.#options.onChange?.();
    if (unknown().length === 0) return;
    this.#release = this.#options.clock.after(backoffMs(UNKNOWN, attempt), () => void this.#askUnknown(attempt + 1));
  }

  addressesOf(host: string): readonly string[] {
    return this.#known.get(host) ?? [canonicalAddress(host) ?? host];
  }

  refresh(): void {
    const nowMs = this.#options.clock.nowMs();
    if (this.#known.size === 0 || nowMs - this.#askedMs < REFRESH_MS) return;
    this.#askedMs = nowMs;
    for (const name of this.#known.keys()) void this.#ask(name);
  }

  async #ask(name: string, quietly = false): Promise<void> {
    const resolve = this.#options.resolve ?? (async (host) => (await lookup(host, { all: true })).map(({ address }) => address));
    try {
      const addresses = (await resolve(name)).flatMap((address) => canonicalAddress(address) ?? []);
      if (addresses.length > 0) this.#known.set(name, addresses);
      if (quietly && addresses.length > 0) this.#options.log.info({ name, addresses }, 'external address: name resolves now');
    } catch (error) {
      if (quietly) return;
      const reason = error instanceof Error ? error.message : String(error);
      this.#options.log.warn(
        { name, reason, kept: this.#known.get(name) },
        'external address: name does not resolve; it is tried further',
      );
    }
  }
}

import { lookup } from 'node:dns/promises';
import type { Clock } from '../lib/clock.js';
import type { Log } from '../lib/log.js';
import { err, ok, type Result } from '../lib/result.js';
import { canonicalAddress } from './address.js';
import type { ExternalAddress, StaticCandidate } from './candidate-policy.js';
import type { ExternalEntry, StaticEntry } from './ice-types.js';

/** The addresses of webrtc.nat1to1 and webrtc.candidates, host names followed as they change. */
export interface ExternalAddresses {
  /** What is known now; names older than a minute are looked up again in the background, for the next call. */
  current(): { readonly externals: readonly ExternalAddress[]; readonly statics: readonly StaticCandidate[] };
  /** The first external address that is known, configured, found or seen by a STUN server. */
  publicAddress(): string | undefined;
  /** Takes the address that a STUN server saw, for `stun:port`; true if there is a candidate more by it. */
  discovered(address: string): boolean;
}

interface Options {
  readonly nat1to1: readonly ExternalEntry[];
  readonly found?: readonly string[];
  readonly candidates: readonly StaticEntry[];
  readonly clock: Clock;
  readonly log: Log;
  /** All addresses of a name; default the system's resolver. */
  readonly resolve?: (name: string) => Promise<readonly string[]>;
}

/** A machine has a few; a server that answers anything must not fill our memory. */
const MAX_SEEN = 8;
const REFRESH_MS = 60_000;

/** Looks up the names; one that does not resolve is an error that names it. */
export async function externalAddresses(options: Options): Promise<Result<ExternalAddresses>> {
  const { nat1to1, candidates } = options;
  const found = (options.found ?? []).flatMap((text) => {
    const external = canonicalAddress(text);
    return external === undefined ? [] : [{ external, found: true }];
  });
  const names = new Names(options);
  const hosts = [...nat1to1.map(({ external }) => external), ...candidates.flatMap((each) => ('host' in each ? each.host : []))];
  const failed = await names.start(hosts.filter((host) => canonicalAddress(host) === undefined));
  if (failed !== undefined) return err(`NEKO_WEBRTC_NAT1TO1 or NEKO_WEBRTC_CANDIDATES: ${failed} does not resolve`);
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
  return ok({
    current,
    publicAddress: () => current().externals[0]?.external ?? [...seen][0],
    discovered: (address) => {
      if (seen.has(address) || seen.size >= MAX_SEEN) return false;
      seen.add(address);
      return candidates.some(({ kind }) => kind === 'stun');
    },
  });
}

class Names {
  readonly #options: Options;
  readonly #known = new Map<string, readonly string[]>();
  #askedMs = 0;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Returns the first name that does not resolve. */
  async start(names: readonly string[]): Promise<string | undefined> {
    for (const name of names) this.#known.set(name, []);
    this.#askedMs = this.#options.clock.nowMs();
    await Promise.all([...this.#known.keys()].map((name) => this.#ask(name)));
    return [...this.#known].find(([, addresses]) => addresses.length === 0)?.[0];
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

  async #ask(name: string): Promise<void> {
    const resolve = this.#options.resolve ?? (async (host) => (await lookup(host, { all: true })).map(({ address }) => address));
    try {
      const addresses = (await resolve(name)).flatMap((address) => canonicalAddress(address) ?? []);
      if (addresses.length > 0) this.#known.set(name, addresses);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#options.log.warn({ name, reason, kept: this.#known.get(name) }, 'external address: name does not resolve');
    }
  }
}

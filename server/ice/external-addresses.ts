import { lookup } from 'node:dns/promises';
import type { Clock } from '../lib/clock.js';
import type { Log } from '../lib/log.js';
import { err, ok, type Result } from '../lib/result.js';
import { canonicalAddress } from './address.js';
import type { ExternalAddress, StaticCandidate } from './candidate-policy.js';
import { type HostPort, parseHostPort } from './host-port.js';

/** The addresses of webrtc.nat1to1 and webrtc.candidates, host names followed as they change. */
export interface ExternalAddresses {
  /** What is known now; names older than a minute are looked up again in the background, for the next call. */
  current(): { readonly externals: readonly ExternalAddress[]; readonly statics: readonly StaticCandidate[] };
  /** The first external address that is known, configured, found or seen by a STUN server. */
  publicAddress(): string | undefined;
  /** Tells the address that a STUN server saw, for `stun:port`. */
  discovered(address: string): void;
}

interface Options {
  readonly nat1to1: readonly string[];
  readonly found?: readonly string[];
  readonly candidates: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
  /** All addresses of a name; default the system's resolver. */
  readonly resolve?: (name: string) => Promise<readonly string[]>;
}

/** A machine has a few; a server that answers anything must not fill our memory. */
const MAX_SEEN = 8;
const REFRESH_MS = 60_000;

/** Reads the entries and looks up their names; an entry that is wrong or does not resolve is an error that names it. */
export async function externalAddresses(options: Options): Promise<Result<ExternalAddresses>> {
  const externals: { host: string; local: string | undefined }[] = [];
  for (const entry of options.nat1to1) {
    const [external = '', local, ...more] = entry.trim().split('/');
    const localAddress = local === undefined ? undefined : canonicalAddress(local);
    const bad = more.length > 0 || external === '' || (local !== undefined && localAddress === undefined);
    if (bad || !isHost(external)) return err(`NEKO_WEBRTC_NAT1TO1: ${entry}: expected EXTERNAL or EXTERNAL/LOCAL`);
    externals.push({ host: canonicalAddress(external) ?? external, local: localAddress });
  }
  const statics: HostPort[] = [];
  for (const entry of options.candidates) {
    const parsed = parseHostPort(entry);
    if (!parsed.ok) return err(`NEKO_WEBRTC_CANDIDATES: ${parsed.error}`);
    statics.push(parsed.value);
  }
  const found = (options.found ?? []).flatMap((text) => {
    const external = canonicalAddress(text);
    return external === undefined ? [] : [{ external, found: true }];
  });
  const names = new Names(options);
  const hosts = [...externals, ...statics].map(({ host }) => host);
  const failed = await names.start(hosts.filter((host) => canonicalAddress(host) === undefined && host !== 'stun'));
  if (failed !== undefined) return err(`NEKO_WEBRTC_NAT1TO1 or NEKO_WEBRTC_CANDIDATES: ${failed} does not resolve`);
  const seen = new Set<string>();
  const addressesOf = (host: string) => (host === 'stun' ? [...seen] : names.addressesOf(host));
  const current: ExternalAddresses['current'] = () => {
    names.refresh();
    return {
      externals: [
        ...externals.flatMap(({ host, local }) =>
          addressesOf(host).map((external) => (local === undefined ? { external } : { external, local })),
        ),
        ...found,
      ],
      statics: statics.flatMap(({ host, port }) => addressesOf(host).map((address) => ({ address, port }))),
    };
  };
  return ok({
    current,
    publicAddress: () => current().externals[0]?.external ?? [...seen][0],
    discovered: (address) => {
      if (seen.size < MAX_SEEN) seen.add(address);
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
    return this.#known.get(host) ?? [host];
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

function isHost(text: string): boolean {
  if (canonicalAddress(text) !== undefined) return true;
  return (
    /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?$/i.test(text) &&
    !/^[\d.]+$/.test(text)
  );
}

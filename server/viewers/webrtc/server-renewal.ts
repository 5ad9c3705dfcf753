import { type Clock, MAX_TIMER_MS } from '../../lib/clock.js';
import type { Dispose } from '../../lib/dispose.js';
import type { IceServer } from '../../protocol/events/signal.js';

/** ICE servers as they are advertised to one viewer. */
export interface AdvertisedServers {
  readonly servers: IceServer[];
  /** How long the credentials among them are good for; undefined: for ever. */
  readonly lifetimeMs: number | undefined;
}

interface Options {
  /** The servers to advertise now, with new credentials. */
  servers(): AdvertisedServers;
  /** Takes them to the viewer. */
  tell(servers: IceServer[]): void;
  readonly clock: Clock;
}

/** When so much of their time is over, credentials are renewed: what is left is for a slow viewer and clocks that disagree. */
export const RENEW_AT = 0.7;
/** Those that are younger than this need no successors yet. */
export const FRESH_UNTIL = 0.5;

/** Keeps the credentials that one viewer holds from ending while it watches. */
export class ServerRenewal {
  readonly #options: Options;
  #toldAtMs = 0;
  #lifetimeMs: number | undefined;
  #release: Dispose | undefined;
  #closed = false;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Servers for the viewer's first description; their successors are advertised in time. */
  current(): IceServer[] {
    const { servers, lifetimeMs } = this.#options.servers();
    this.#release?.();
    this.#toldAtMs = this.#options.clock.nowMs();
    this.#lifetimeMs = lifetimeMs;
    if (lifetimeMs !== undefined && !this.#closed) {
      const waitMs = Math.min(lifetimeMs * RENEW_AT, MAX_TIMER_MS);
      this.#release = this.#options.clock.after(waitMs, () => this.#renew());
    }
    return servers;
  }

  /** Advertises them anew unless they are fresh: before a restart, and to a viewer who may have missed the last ones. */
  refresh(): void {
    if (this.#lifetimeMs === undefined || this.#closed) return;
    if (this.#options.clock.nowMs() - this.#toldAtMs >= this.#lifetimeMs * FRESH_UNTIL) this.#renew();
  }

  close(): void {
    this.#closed = true;
    this.#release?.();
  }

  #renew(): void {
    this.#options.tell(this.current());
  }
}

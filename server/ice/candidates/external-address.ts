import type { WebRtcConfig } from '../../config/config.js';
import { type BackoffPolicy, backoffMs } from '../../lib/backoff.js';
import type { Clock } from '../../lib/clock.js';
import type { Dispose } from '../../lib/dispose.js';
import type { Log } from '../../lib/log.js';
import type { Result } from '../../lib/result.js';
import { retrieveAddress } from './retrieve-address.js';

/** At boot the resolver and the network may come after us; in a closed network the tries end after some hours. */
const AGAIN: BackoffPolicy = { firstMs: 5_000, maxMs: 300_000 };
const MAX_TRIES = 40;

export interface ExternalAddressRetrieval {
  /** The answer that the start waits for, 2 s at most; undefined when none came, or no service is configured. */
  readonly first: Promise<string | undefined>;
  /** Keeps asking where `first` had no answer, and calls back once when one comes. */
  onLate(take: (address: string) => void): void;
  close(): void;
}

/** Our address as a web service sees it, unless addresses are configured; no answer is a warning, and tried again. */
export function retrieveExternalAddress(
  { nat1to1, ipRetrievalUrl }: Pick<WebRtcConfig, 'nat1to1' | 'ipRetrievalUrl'>,
  { clock, log, retrieve = retrieveAddress }: { clock: Clock; log: Log; retrieve?: (url: string) => Promise<Result<string>> },
): ExternalAddressRetrieval {
  if (nat1to1.length > 0 || ipRetrievalUrl === undefined)
    return { first: Promise.resolve(undefined), onLate: () => undefined, close: () => undefined };
  let release: Dispose = () => undefined;
  let closed = false;
  const first = retrieve(ipRetrievalUrl).then((address) => {
    if (address.ok) return address.value;
    log.warn({ reason: address.error }, 'viewers are told local addresses only; NEKO_WEBRTC_NAT1TO1 names another');
    return undefined;
  });
  const again = (attempt: number, take: (address: string) => void) => {
    if (closed || attempt >= MAX_TRIES) return;
    release = clock.after(backoffMs(AGAIN, attempt), async () => {
      const address = await retrieve(ipRetrievalUrl);
      if (closed) return;
      if (!address.ok) return again(attempt + 1, take);
      log.info({ address: address.value }, 'viewers are told this address from now on');
      take(address.value);
    });
  };
  return {
    first,
    onLate: (take) => void first.then((address) => address ?? again(0, take)),
    close: () => {
      closed = true;
      release();
    },
  };
}

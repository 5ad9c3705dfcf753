import { lookup } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { ICE_LIMITS } from '../limits.js';

/** Resolves `.local` names if the system can; undefined otherwise, never an error. */
export type MdnsResolver = (name: string) => Promise<string | undefined>;

/**
 * Without an mDNS module in the system a lookup would go to a DNS server, which does not know the name, and hold one of four
 * resolver threads. So the system's configuration is checked first, one name is looked up at a time, and few may wait.
 */
export function systemMdnsResolver(): MdnsResolver {
  const able = readFile('/etc/nsswitch.conf', 'utf8').then(
    (text) => /^hosts:.*\bmdns/m.test(text),
    () => false,
  );
  const oneAtATime = mdnsQueue((name) => lookup(name).then(({ address }) => address));
  return async (name) => ((await able) ? oneAtATime(name) : undefined);
}

/** The resolver that all viewers share: one name at a time, and few that wait. */
export function mdnsQueue(resolver: MdnsResolver): MdnsResolver {
  return queued(resolver, ICE_LIMITS.mdnsWaiting.value);
}

/** One viewer's share of the resolver: one name at a time, so that viewers take turns, and few in all. */
export function mdnsShare(resolver: MdnsResolver): MdnsResolver {
  const oneAtATime = queued(resolver, ICE_LIMITS.mdnsNames.value);
  let asked = 0;
  return async (name) => (++asked > ICE_LIMITS.mdnsNames.value ? undefined : oneAtATime(name));
}

/** Looks up one name after another; undefined at once for a name beyond the queue's bound. */
function queued(resolver: MdnsResolver, maxWaiting: number): MdnsResolver {
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();
  return async (name) => {
    if (waiting >= maxWaiting) return undefined;
    waiting++;
    const answer = last.then(() => resolver(name)).catch(() => undefined);
    last = answer;
    const address = await answer;
    waiting--;
    return address;
  };
}

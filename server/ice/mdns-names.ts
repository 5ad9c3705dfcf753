import { lookup } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';

/** Resolves `.local` names if the system can; undefined otherwise, never an error. */
export type MdnsResolver = (name: string) => Promise<string | undefined>;

/**
 * A lookup without an mDNS module in the system would go to a DNS server that cannot know, and hold one of four resolver
 * threads meanwhile: so the system's configuration is asked first, one name is looked up at a time, and few may wait.
 */
const MAX_WAITING = 8;

export function systemMdnsResolver(): MdnsResolver {
  const able = readFile('/etc/nsswitch.conf', 'utf8').then(
    (text) => /^hosts:.*\bmdns/m.test(text),
    () => false,
  );
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();
  return async (name) => {
    if (waiting >= MAX_WAITING || !(await able)) return undefined;
    waiting++;
    const answer = last
      .then(() => lookup(name))
      .then(
        ({ address }) => address,
        () => undefined,
      );
    last = answer;
    const address = await answer;
    waiting--;
    return address;
  };
}

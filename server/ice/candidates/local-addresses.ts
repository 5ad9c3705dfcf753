import { networkInterfaces } from 'node:os';
import { canonicalAddress } from '../address.js';
import type { LocalAddress } from './candidate-policy.js';

/** The addresses of all interfaces that are up, in the system's order, IPv4 and IPv6, loopback and link-local included. */
export function localAddresses(): LocalAddress[] {
  return Object.entries(networkInterfaces()).flatMap(([interfaceName, entries]) =>
    (entries ?? []).flatMap((entry) => {
      const address = canonicalAddress(entry.address);
      return address === undefined ? [] : [{ interfaceName, address, prefixLength: Number(entry.cidr?.split('/')[1] ?? 0) }];
    }),
  );
}

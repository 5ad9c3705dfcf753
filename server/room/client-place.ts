import ipaddr from 'ipaddr.js';

/** Where a client calls from. */
export interface ClientPlace {
  /** Its IP address. */
  readonly address: string;
  /** The network that bounds count for: the address itself, or the /64 network that one IPv6 user has. */
  readonly network: string;
}

/** Where a client calls from, by its address. */
export function placeOf(address: string): ClientPlace {
  return { address, network: throttleKey(address) };
}

/** The network that guesses of passwords count for: an IPv4 address, or the /64 network that one IPv6 user has. */
export function throttleKey(address: string): string {
  return networkOf(address, 64);
}

/** The most that one subscriber has: an IPv4 address, or a /48 network of IPv6. */
export function lineOf(address: string): string {
  return networkOf(address, 48);
}

function networkOf(address: string, bits: number): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed.kind() === 'ipv4'
    ? parsed.toString()
    : parsed
        .toByteArray()
        .slice(0, bits / 8)
        .join('.');
}

import type { IncomingHttpHeaders } from 'node:http';
import ipaddr from 'ipaddr.js';

/** Whether the peer at an address is a proxy of ours, whose forwarded headers count. */
export type Trusts = (address: string) => boolean;

/** Whether an address lies in one of `networks`, each an address or a network such as 10.0.0.0/8. */
export function trustedPeers(networks: readonly string[]): Trusts {
  const ranges = networks.map((network) => ipaddr.parseCIDR(network.includes('/') ? network : wholeAddress(network)));
  return (address) => {
    if (ranges.length === 0 || !ipaddr.isValid(address)) return false;
    const parsed = ipaddr.process(address);
    return ranges.some(([range, bits]) => parsed.kind() === range.kind() && parsed.match(range, bits));
  };
}

function wholeAddress(address: string): string {
  return `${address}/${ipaddr.parse(address).kind() === 'ipv4' ? 32 : 128}`;
}

/**
 * The address a request comes from: the peer's, or the one that a trusted proxy forwards. X-Forwarded-For is read from its end,
 * where trusted proxies have written, to the first hop that is not trusted; what stands before it may be made up. Without that
 * header X-Real-IP and True-Client-IP count. IPv4 in its plain form.
 */
export function clientAddress(headers: IncomingHttpHeaders, peer: string, trusts: Trusts): string {
  if (!trusts(peer)) return plain(peer);
  return (
    forwardedFor(headers['x-forwarded-for'], trusts) ??
    single(headers['true-client-ip']) ??
    single(headers['x-real-ip']) ??
    plain(peer)
  );
}

/** The last hop that is no trusted proxy, or the first one where all are; null where the list ends in something else. */
function forwardedFor(header: string | string[] | undefined, trusts: Trusts): string | null {
  const hops = String(header ?? '')
    .split(',')
    .map((hop) => hop.trim())
    .reverse();
  let last: string | null = null;
  for (const hop of hops) {
    const address = hopAddress(hop);
    if (address === null) return last;
    last = address;
    if (!trusts(address)) return last;
  }
  return last;
}

/** Some proxies add the port, and brackets around IPv6. */
function hopAddress(hop: string): string | null {
  const found = /^\[([^\]]+)\](?::\d+)?$/.exec(hop) ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(hop);
  const address = found?.[1] ?? hop;
  return ipaddr.isValid(address) ? plain(address) : null;
}

function single(header: string | string[] | undefined): string | null {
  return hopAddress(String(header ?? '').trim());
}

function plain(address: string): string {
  return ipaddr.isValid(address) ? ipaddr.process(address).toString() : address;
}

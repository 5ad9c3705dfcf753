import type { IncomingHttpHeaders } from 'node:http';
import ipaddr from 'ipaddr.js';

const PROXY_HEADERS = ['true-client-ip', 'x-real-ip', 'x-forwarded-for'];

/** The address a request comes from; behind a proxy that we were told of, what the proxy says. IPv4 in its plain form. */
export function clientAddress(headers: IncomingHttpHeaders, remoteAddress: string, behindProxy: boolean): string {
  const told = behindProxy ? PROXY_HEADERS.map((name) => firstAddress(headers[name])).find((address) => address !== null) : null;
  return told ?? plain(remoteAddress);
}

/** What shares a fate when passwords are guessed: an IPv4 address, or the /64 network that one IPv6 user has. */
export function throttleKey(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed.kind() === 'ipv4' ? parsed.toString() : parsed.toByteArray().slice(0, 8).join('.');
}

function firstAddress(header: string | string[] | undefined): string | null {
  const text = (Array.isArray(header) ? header[0] : header)?.split(',')[0]?.trim() ?? '';
  return ipaddr.isValid(text) ? plain(text) : null;
}

function plain(address: string): string {
  return ipaddr.isValid(address) ? ipaddr.process(address).toString() : address;
}

import { err, ok, type Result } from '../../lib/result.js';
import { canonicalAddress } from '../address.js';

/** A host (IP address without brackets, or a name) and a port. Pure. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** Reads `host`, `host:port`, `[v6]` or `[v6]:port`; the error shows nothing of the text. */
export function parseHostPort(text: string, defaultPort: number): Result<HostPort> {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text.trim());
  if (!match) return err('expected host:port, with an IPv6 address in brackets');
  const bracketed = match[1];
  const host = bracketed === undefined ? match[2]! : canonicalAddress(bracketed);
  if (host === undefined || (bracketed !== undefined && !host.includes(':'))) return err('not an IPv6 address in brackets');
  if (/^[\d.]+$/.test(host) && canonicalAddress(host) === undefined) return err('not an IPv4 address');
  const port = match[3] === undefined ? defaultPort : Number(match[3]);
  if (port < 1 || port > 65535) return err('the port must be 1 to 65535');
  return ok({ host, port });
}

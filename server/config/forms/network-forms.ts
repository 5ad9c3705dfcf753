import ipaddr from 'ipaddr.js';
import { err, ok, type Result } from '../../lib/result.js';
import type { BindAddress, ExternalAddress, StaticCandidate } from '../config.js';
import type { Form } from './form.js';
import { pattern } from './scalar-forms.js';

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,62}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,62}[a-z0-9_])?)*\.?$/i;

/** True for an IPv4 or IPv6 address without brackets. Short forms such as `127.1` do not count. */
export function isIp(value: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(value) || (value.includes(':') && ipaddr.IPv6.isValid(value));
}

/** True for a host name or address that may stand in a setting; four numbers must be a real IPv4 address. */
export function isHostName(value: string): boolean {
  return isIp(value) || (HOST_NAME.test(value) && !/^[\d.]+$/.test(value));
}

/** `host:port` with IPv6 in brackets; the host may be empty where the caller allows it. */
export function parseBindAddress(word: string): Result<BindAddress, string> {
  const bracketed = /^\[([^\]]*)\]:(\d{1,5})$/.exec(word);
  const plain = /^([^:]*):(\d{1,5})$/.exec(word);
  const found = bracketed ?? plain;
  if (found === null)
    return err(isIp(word) && word.includes(':') ? 'an IPv6 address needs brackets: [address]:port' : shapeError(word));
  const host = found[1] ?? '';
  const port = Number(found[2]);
  if (port > 65_535) return err('no such port');
  if (bracketed !== null ? !ipaddr.IPv6.isValid(host) : host !== '' && !isHostName(host)) return err('not a host');
  return ok({ host, port });
}

function showHostPort({ host, port }: BindAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function shapeError(word: string): string {
  return (word.match(/:/g)?.length ?? 0) > 1 ? 'an IPv6 address needs brackets: [address]:port' : 'the port is missing';
}

/** A listening address; `null` is off, where the default is. */
export const bindAddress: Form<BindAddress> = {
  allowed: 'host:port, :port for every address, [IPv6]:port',
  read: (raw) => parseBindAddress(String(raw).trim()),
  show: showHostPort,
};

export const optionalBindAddress: Form<BindAddress | null> = {
  allowed: `${bindAddress.allowed}, or empty for off`,
  read: (raw) => (String(raw).trim() === '' ? ok(null) : bindAddress.read(raw)),
  show: (value) => (value === null ? '' : showHostPort(value)),
};

export interface PortRange {
  readonly min: number;
  readonly max: number;
}

/** `MIN-MAX`; a single port N is the range N-N. Empty is null: the default applies. */
export const portRange: Form<PortRange | null> = {
  allowed: 'MIN-MAX or one port, from 1 to 65535',
  read: (raw) => {
    const word = String(raw).trim();
    if (word === '') return ok(null);
    const found = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(word);
    if (found === null) return err('not a port range');
    const min = Number(found[1]);
    const max = Number(found[2] ?? found[1]);
    if (min < 1 || max < 1 || min > 65_535 || max > 65_535) return err('no such port');
    return min > max ? err(`the range is reversed, ${max}-${min} was probably meant`) : ok({ min, max });
  },
  show: (value) => (value === null ? '' : `${value.min}-${value.max}`),
};

/** `EXTERNAL` or `EXTERNAL/LOCAL`; the external side may be a host name. */
export const externalAddress: Form<ExternalAddress> = {
  allowed: 'an IP address or host name, or EXTERNAL/LOCAL with a local IP address',
  read: (raw) => {
    const [external = '', local, ...rest] = String(raw).trim().split('/');
    if (rest.length > 0 || !isHostName(external)) return err('not an address');
    if (local !== undefined && !isIp(local)) return err('the part after the slash must be a local IP address');
    return ok({ external, local });
  },
  show: ({ external, local }) => (local === undefined ? external : `${external}/${local}`),
};

/** `address:port`, `hostname:port`, `[IPv6]:port` or `stun:port`. */
export const staticCandidate: Form<StaticCandidate> = {
  allowed: 'address:port, hostname:port, [IPv6]:port or stun:port',
  read: (raw) => {
    const parsed = parseBindAddress(String(raw).trim());
    if (!parsed.ok) return parsed;
    const { host, port } = parsed.value;
    if (host === '') return err('the address is missing');
    if (port === 0) return err('no such port');
    return ok(host === 'stun' ? { kind: 'stun', port } : { kind: 'address', host, port });
  },
  show: (value) => (value.kind === 'stun' ? `stun:${value.port}` : showHostPort(value)),
};

export const ipAddress: Form<string> = {
  allowed: 'an IP address',
  read: (raw) => (isIp(String(raw)) ? ok(String(raw)) : err('not an IP address')),
  show: (value) => value,
};

/** An address, or a network such as 10.0.0.0/8. */
export const network: Form<string> = {
  allowed: 'IP addresses and networks such as 10.0.0.0/8 or fd00::/8',
  read: (raw) => {
    const word = String(raw).trim();
    const [address = '', bits, ...rest] = word.split('/');
    if (!isIp(address) || rest.length > 0) return err('not an address or network');
    const most = address.includes(':') ? 128 : 32;
    if (bits !== undefined && (!/^\d{1,3}$/.test(bits) || Number(bits) > most)) return err(`the prefix is 0 to ${most} bits`);
    return ok(word);
  },
  show: (value) => value,
};

/** An origin as browsers send it, `*`, or `null`; a trailing slash is a common slip and dropped. */
export const origin: Form<string> = {
  allowed: 'origins such as https://example.org, or *',
  read: (raw) => {
    const word = String(raw).trim();
    if (word === '*' || word === 'null') return ok(word);
    const found = /^([a-z][a-z0-9+.-]*:\/\/[^\s/?#]+)\/?$/i.exec(word);
    return found === null ? err('not an origin') : ok((found[1] ?? '').toLowerCase());
  },
  show: (value) => value,
};

const FRAME_SOURCE = /^(?:\*|[a-z][a-z0-9+.-]*:|(?:[a-z][a-z0-9+.-]*:\/\/)?(?:\*\.)?[a-z0-9.-]+(?::(?:\d{1,5}|\*))?)$/i;

/** One source of the directive frame-ancestors; the quotes around self and none may be left out. */
export const frameSource: Form<string> = {
  allowed: 'self, none, origins such as https://example.org, or *',
  read: (raw) => {
    const word = String(raw).trim();
    const keyword = /^'?(self|none)'?$/i.exec(word)?.[1];
    if (keyword !== undefined) return ok(`'${keyword.toLowerCase()}'`);
    return FRAME_SOURCE.test(word) ? ok(word) : err('not a source of frames');
  },
  show: (value) => value,
};

/** An http or https URL, or empty. */
export const optionalHttpUrl = pattern(/^(?:https?:\/\/[^\s/]+\S*)?$/i, 'an http or https URL, or empty for off');

const ICE_URL = /^(?:stuns?|turns?):(\[[^\]]+\]|[^:?]+)(?::(\d{1,5}))?(?:\?transport=(udp|tcp))?$/i;
const PLACEHOLDER = /^\{\{\s*(?:private_ip|public_ip)\s*\}\}$/;

/** Why a STUN or TURN URL (RFC 7064, RFC 7065) cannot be used, without anything that it holds; undefined if it can. */
export function iceUrlProblem(url: string): string | undefined {
  const scheme = /^([a-z0-9+.-]*):/i.exec(url)?.[1] ?? '';
  if (!/^(?:stuns?|turns?)$/i.test(scheme)) return 'unknown scheme, allowed are stun, stuns, turn, turns';
  if (url.includes('@')) return 'user and password belong into username and credential, not into the URL';
  const found = ICE_URL.exec(url);
  if (found === null) {
    const colons = url.match(/:/g)?.length ?? 0;
    return colons > 2 ? 'an IPv6 address needs brackets' : 'not scheme:host[:port][?transport=udp|tcp]';
  }
  const [, host = '', port, transport] = found;
  const problem = hostProblem(host) ?? (port !== undefined && !isPort(Number(port)) ? 'no such port' : undefined);
  if (problem !== undefined) return problem;
  const secure = /s$/i.test(scheme);
  return secure && transport?.toLowerCase() === 'udp' ? 'TLS over UDP is not supported, use transport=tcp' : undefined;
}

function isPort(port: number): boolean {
  return port >= 1 && port <= 65_535;
}

function hostProblem(host: string): string | undefined {
  if (host.startsWith('[')) {
    const inside = host.slice(1, -1);
    const isPlain = ipaddr.IPv6.isValid(inside) && !inside.includes('%') && !ipaddr.IPv6.parse(inside).isIPv4MappedAddress();
    return isPlain || PLACEHOLDER.test(inside) ? undefined : 'not an IPv6 address in brackets';
  }
  return PLACEHOLDER.test(host) || isHostName(host) ? undefined : 'not a host';
}

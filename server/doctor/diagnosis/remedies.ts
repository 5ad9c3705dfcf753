import { type DoctorFacts, isPrivate } from './facts.js';

/** Lines for `environment:` of a compose file. */
export function environmentLines(values: Readonly<Record<string, string>>): string {
  return ['environment:', ...Object.entries(values).map(([name, value]) => `  ${name}: ${quoted(value)}`)].join('\n');
}

/** A YAML scalar; JSON stays readable between single quotes. */
function quoted(value: string): string {
  return value.includes('"') ? `'${value.replaceAll("'", "''")}'` : `"${value}"`;
}

/** Lines for `ports:` of a compose file. */
export function portLines(...ports: readonly string[]): string {
  return ['ports:', ...ports.map((port) => `  - "${port}"`)].join('\n');
}

/** The UDP ports for `ports:`, the same inside and outside. */
export function udpPorts({ udp }: DoctorFacts): string {
  if (udp.kind === 'off') return '';
  const numbers = udp.kind === 'mux' ? String(udp.port) : `${udp.minPort}-${udp.maxPort}`;
  return `${numbers}:${numbers}/udp`;
}

/** The host name or address of the page, if other viewers can use it, too. */
export function nameFor(pageHost: string, placeholder: string): string {
  const host = pageHost.replace(/^\[|\]$/g, '');
  const useless = host === '' || host === 'localhost' || host.startsWith('127.') || host === '::1';
  return useless ? placeholder : host;
}

/** The same, without names and addresses of private networks. */
export function publicNameFor(pageHost: string): string {
  const name = nameFor(pageHost, PUBLIC);
  return isPrivate(name) ? PUBLIC : name;
}

const PUBLIC = '<public address of this server>';

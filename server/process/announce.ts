import { networkInterfaces } from 'node:os';
import type { BindAddress, Config } from '../config/config.js';
import type { GeneratedPasswords } from '../members/passwords/generated-passwords.js';
import { hostAndPort } from '../wiring.js';

const NAMES = { admin: 'Admin', user: 'Guest' } as const;

/**
 * Prints the server's address for the person who started it. Generated passwords are shown as links that carry them in the
 * fragment: browsers do not send it, and the page takes it out of the address bar at once.
 */
export function announce(config: Config, generated: GeneratedPasswords, say: (line: string) => void): void {
  const scheme = config.server.tls === undefined ? 'http' : 'https';
  const path = config.server.pathPrefix === '/' ? '/' : `${config.server.pathPrefix}/`;
  const addresses = reachable(config.server.bind).map((address) => `${scheme}://${address}${path}`);
  say('');
  say(`neko-ts is ready: ${addresses.join('  ')}`);
  const roles = (['admin', 'user'] as const).filter((role) => generated[role] !== undefined);
  if (roles.length > 0) say('No passwords were configured, so these were made. Open a link, or send it to a friend:');
  for (const role of roles) {
    const link = `${addresses[0]}#name=${NAMES[role]}&password=${generated[role]}`;
    say(`  ${role.padEnd(5)}  ${generated[role]}  ${link}`);
  }
  say('');
}

/** `host:port` texts under which a browser finds the server. */
function reachable({ host, port }: BindAddress): string[] {
  const everywhere = host === '' || host === '0.0.0.0' || host === '::';
  if (!everywhere) return [hostAndPort({ host, port })];
  const own = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => `${address}:${port}`);
  return [`127.0.0.1:${port}`, ...own];
}

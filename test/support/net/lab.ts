import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { Host } from './host.js';
import { Lan } from './lan.js';
import { Link } from './link/link.js';
import type { LinkOptions } from './link/link-quality.js';

/**
 * A small internet on this machine: hosts and cables are network namespaces and veth pairs that belong to this process alone
 * and reach nothing outside. Names carry the process id, so that runs do not meet and what a killed run left is found.
 */
export interface Lab {
  /** A machine with nothing but loopback; `plug` connects it. */
  host(name: string): Host;
  /** A switch without a router. */
  lan(name: string): Lan;
  /** A cable with a rate, a delay and losses between two hosts. */
  link(name: string, options: LinkOptions): Promise<Link>;
  /** Ends every process inside and removes everything; safe to call twice. */
  close(): void;
}

const PREFIX = 'neko-net-';
const PROBE = `ip netns add ${PREFIX}$$-probe && ip netns exec ${PREFIX}$$-probe true; worked=$?; ip netns delete ${PREFIX}$$-probe; exit $worked`;

/** Whether this machine lets us: root, iproute2 and nftables, and a root directory that is a mount (a plain chroot is none). */
export const canMakeNetworks = process.getuid?.() === 0 && succeeds('nft', ['--version']) && succeeds('sh', ['-c', PROBE]);
if (!canMakeNetworks) console.error('NO NETWORK NAMESPACES can be made here: the network tests are skipped.');

let made = 0;

export function openLab(): Lab {
  removeLeftovers();
  const namespaces: string[] = [];
  const namespace = (name: string) => {
    const full = `${PREFIX}${process.pid}-${++made}-${name}`;
    execFileSync('ip', ['netns', 'add', full]);
    namespaces.push(full);
    execFileSync('ip', ['-n', full, 'link', 'set', 'lo', 'up']);
    return full;
  };
  const close = () => {
    process.off('exit', close);
    for (const name of namespaces.splice(0).reverse()) remove(name);
  };
  process.once('exit', close);
  const host = (name: string) => new Host(name, namespace(name));
  return {
    host,
    lan: (name) => new Lan(namespace(name)),
    link: (name, options) => Link.open(host(name), options),
    close,
  };
}

function removeLeftovers(): void {
  const names = execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' }).split('\n');
  for (const line of names) {
    const [, name, pid] = /^(neko-net-(\d+)-\S+)/.exec(line) ?? [];
    if (name !== undefined && !succeeds('kill', ['-0', pid!])) remove(name);
  }
}

function remove(name: string): void {
  for (const pid of execFileSync('ip', ['netns', 'pids', name], { encoding: 'utf8' }).split('\n')) {
    if (pid !== '') succeeds('kill', ['-KILL', pid]);
  }
  succeeds('ip', ['netns', 'delete', name]);
  rmSync(`/etc/netns/${name}`, { recursive: true, force: true });
}

function succeeds(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

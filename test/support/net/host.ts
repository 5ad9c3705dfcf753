import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';

/** What an interface can be plugged into: a switch, or the end of a link. */
export interface Socket {
  /** Makes this interface in this namespace. */
  connect(namespace: string, interfaceName: string): void;
}

/** A machine of the lab: processes that run in it see its interfaces, routes and packet filter only. */
export class Host {
  constructor(
    readonly name: string,
    readonly namespace: string,
  ) {}

  /** Connects an interface with these addresses (`10.0.0.1/24`, IPv6 too) to a LAN or a link. */
  plug(socket: Socket, addresses: readonly string[], interfaceName = 'eth0'): this {
    socket.connect(this.namespace, interfaceName);
    this.ip('link', 'set', interfaceName, 'up');
    for (const address of addresses) {
      // Duplicate address detection would hold IPv6 addresses back for seconds.
      this.ip('address', 'add', address, 'dev', interfaceName, ...(address.includes(':') ? ['nodad'] : []));
    }
    return this;
  }

  unplug(interfaceName = 'eth0'): void {
    this.ip('link', 'delete', interfaceName);
  }

  /** Default route by way of this router. */
  via(router: string): this {
    this.ip('route', 'replace', 'default', 'via', router);
    return this;
  }

  /** Names that processes started from now on can look up, without any DNS server. */
  knows(name: string, address: string): this {
    const folder = `/etc/netns/${this.namespace}`;
    mkdirSync(folder, { recursive: true });
    appendFileSync(`${folder}/hosts`, `${address} ${name}\n`);
    // Browsers ask for more than addresses; where nothing listens, they know at once that there is no answer.
    writeFileSync(`${folder}/resolv.conf`, 'nameserver 127.0.0.1\n');
    return this;
  }

  /** Makes it a router. */
  forward(): this {
    this.run('sysctl', '-qw', 'net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1');
    return this;
  }

  /** Loads nftables rules on top of those that are there. */
  rules(ruleset: string): this {
    execFileSync('ip', ['netns', 'exec', this.namespace, 'nft', '-f', '-'], { input: ruleset });
    return this;
  }

  /** Takes away what `drop` and `closedTo` made; translations stay. */
  removeFilters(): void {
    this.run('nft', 'delete', 'table', 'inet', 'lab');
  }

  ip(...args: string[]): string {
    return execFileSync('ip', ['-n', this.namespace, ...args], { encoding: 'utf8' });
  }

  /** Runs a command inside to its end; throws when it fails. */
  run(command: string, ...args: string[]): string {
    return execFileSync('ip', ['netns', 'exec', this.namespace, command, ...args], { encoding: 'utf8' });
  }

  /** Starts a process inside; its pid is that of the command itself. */
  spawn(command: string, args: readonly string[], options: SpawnOptions = {}): ChildProcess {
    return spawn('ip', ['netns', 'exec', this.namespace, command, ...args], options);
  }
}

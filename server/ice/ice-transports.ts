import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import type { NetworkType } from '../config/config.js';
import { err, ok, type Result } from '../lib/result.js';
import { familyOf, isLinkLocal } from './address.js';
import { AgentShell } from './agent-shell.js';
import { type AdvertisePolicy, hostCandidates, type LocalAddress, usableAddresses } from './candidates/candidate-policy.js';
import { type ExternalAddresses, externalAddresses } from './candidates/external-addresses.js';
import { type Gatherer, gatherer } from './candidates/gatherer.js';
import { localAddresses } from './candidates/local-addresses.js';
import { mdnsShare, systemMdnsResolver } from './candidates/mdns-names.js';
import type {
  IcePeer,
  IcePeerOptions,
  IceServerWithCa,
  IceTransports,
  IceTransportsOptions,
  ServedServers,
} from './ice-types.js';
import { servedServers } from './servers/served-servers.js';
import { type NoPort, shownToViewer } from './sockets/no-port.js';
import { attachMux, attachRange, muxRoute, rangeRoute, tcpEndpoints, tcpRoute, udpEndpoints } from './sockets/peer-sockets.js';
import { openTcpMux, type TcpMux } from './sockets/tcp-mux.js';
import { openUdpMux, type UdpMux } from './sockets/udp-mux.js';
import { UdpRange } from './sockets/udp-range.js';
import type { UdpRoute } from './sockets/udp-routes.js';
import { hmacSha1 } from './stun/hmac.js';

/**
 * Binds what is shared by all viewers; an error names the setting that is wrong or the port that is taken.
 *
 * Closing: IceTransports -> each peer -> its own sockets and allocations; then the shared sockets.
 */
export async function createIceTransports(options: IceTransportsOptions): Promise<Result<IceTransports>> {
  const { udp, tcp, servers = [] } = options;
  if (udp.kind === 'off' && tcp.kind === 'off') return err('ICE needs a UDP range, a UDP mux or a TCP mux');
  if (udp.kind === 'range' && (udp.minPort > udp.maxPort || udp.minPort < 1 || udp.maxPort > 65535)) {
    return err(`NEKO_WEBRTC_EPR: ${udp.minPort}-${udp.maxPort} is not a range of ports from low to high`);
  }
  if (options.lite && servers.length > 0) {
    return err('NEKO_WEBRTC_ICELITE: an ICE-lite server asks no ICE servers; remove NEKO_WEBRTC_ICESERVERS_BACKEND');
  }
  const made: Made = { transports: undefined };
  const external = await externalAddresses({
    nat1to1: options.nat1to1 ?? [],
    candidates: options.candidates ?? [],
    found: options.foundAddresses,
    clock: options.clock,
    log: options.log,
    onChange: () => made.transports?.advertiseAnew(),
  });
  // A failed start also stops the lookups of names.
  const opened = await openTransports(options, external, made);
  if (!opened.ok) external.close();
  return opened;
}

/** For callbacks that come before everything is set up. */
interface Made {
  transports: Transports | undefined;
}

async function openTransports(
  options: IceTransportsOptions,
  external: ExternalAddresses,
  made: Made,
): Promise<Result<IceTransports>> {
  const { udp, tcp, servers = [] } = options;
  const gathering = gatherer({
    servers,
    frontendServers: options.frontendServers ?? [],
    served: (list) => serve(list, 'server', options, external).servers,
    ttlSeconds: options.turn?.ttlSeconds,
    clock: options.clock,
    log: options.log,
    onExternal: (address) => {
      if (external.discovered(address)) made.transports?.advertiseAnew();
    },
  });
  let udpMux: UdpMux | undefined;
  if (udp.kind === 'mux') {
    const opened = await openUdpMux({
      port: udp.port,
      addresses: muxAddresses(),
      answerPlainStun: options.answerPlainStun ?? true,
      clock: options.clock,
      log: options.log,
    });
    if (!opened.ok) return opened;
    udpMux = opened.value;
  }
  let tcpMux: TcpMux | undefined;
  if (tcp.kind !== 'off') {
    const opened = await openTcpMux({ listen: tcp.kind === 'mux', port: tcp.port, clock: options.clock });
    if (!opened.ok) {
      await udpMux?.close();
      return opened;
    }
    tcpMux = opened.value;
  }
  const range = udp.kind === 'range' ? new UdpRange({ ...udp, log: options.log }) : undefined;
  const transports = new Transports(options, { udpMux, tcpMux, range, external, gatherer: gathering });
  made.transports = transports;
  return ok(transports);
}

interface Parts {
  readonly udpMux: UdpMux | undefined;
  readonly tcpMux: TcpMux | undefined;
  readonly range: UdpRange | undefined;
  readonly external: ExternalAddresses;
  readonly gatherer: Gatherer;
}

class Transports implements IceTransports {
  readonly #options: IceTransportsOptions;
  readonly #parts: Parts;
  readonly #peers = new Map<number, { readonly peer: AgentShell; readonly clientAddress: string | undefined }>();
  readonly #resolveMdns = systemMdnsResolver();
  #closed = false;

  constructor(options: IceTransportsOptions, parts: Parts) {
    this.#options = options;
    this.#parts = parts;
  }

  async createPeer(peerOptions: IcePeerOptions): Promise<Result<IcePeer>> {
    if (this.#closed) return err('ICE is closed');
    const lite = peerOptions.lite ?? this.#options.lite ?? false;
    const token = this.#newToken();
    const log = peerOptions.log ?? this.#options.log;
    const { udpMux, range, tcpMux, gatherer } = this.#parts;
    const { clientAddress } = peerOptions;
    const udp = udpMux ? muxRoute(udpMux, token, () => peer) : rangeRoute(token, () => peer);
    const tcp = tcpRoute(() => peer);
    const shared = udpMux ?? range;
    const leave = shared?.register(udp);
    const peer: AgentShell = new AgentShell({
      lite,
      controlling: peerOptions.controlling ?? true,
      token,
      clock: this.#options.clock,
      routeUfrag(ufrag) {
        const leaves = [shared?.registerUfrag(ufrag, udp), tcpMux?.registerUfrag(ufrag, tcp)];
        return () => {
          for (const each of leaves) each?.();
        };
      },
      gather: () => (lite ? Promise.resolve() : gatherer.gather(peer, clientAddress, log)),
      follow: async () => {
        const { isNew, failures } = await this.#attach(peer, udp, clientAddress);
        for (const { message } of failures) log.debug({ reason: message }, 'ICE: no socket on a local address');
        return isNew;
      },
      resolveMdns: mdnsShare(this.#resolveMdns),
      onError: (error) => log.error({ error: error instanceof Error ? error.stack : error }, 'ICE: a peer failed and is closed'),
      onClose: () => {
        this.#peers.delete(token);
        leave?.();
      },
    });
    this.#peers.set(token, { peer, clientAddress });
    const { failures } = await this.#attach(peer, udp, clientAddress);
    for (const { message } of failures) log.warn({ reason: message }, 'ICE: no socket on a local address');
    if (!this.#closed && (peer.candidates().length > 0 || failures.length === 0)) return ok(peer);
    peer.close();
    if (this.#closed) return err('ICE is closed');
    const { udp: ports } = this.#options;
    return err(shownToViewer(failures, ports.kind === 'range' ? `${ports.minPort}-${ports.maxPort}` : ''));
  }

  /** Gives the peer bases on the addresses that are new to it, and its host candidates; returns what could not be opened. */
  async #attach(
    peer: AgentShell,
    route: UdpRoute,
    clientAddress: string | undefined,
  ): Promise<{ readonly isNew: boolean; readonly failures: readonly NoPort[] }> {
    const { udpMux, range } = this.#parts;
    const usable = usableAddresses(this.#policy(clientAddress));
    if (usable.length === 0) {
      return { isNew: false, failures: [{ isTaken: false, message: 'no local address is left by NEKO_WEBRTC_FILTERS_*' }] };
    }
    const before = peer.udpHosts().length;
    if (udpMux) {
      await udpMux.follow(muxAddresses());
      attachMux(udpMux, route, peer, this.#udpOf(usable));
    }
    const failures = range ? await attachRange(range, route, peer, this.#udpOf(usable)) : [];
    this.#advertise(peer, clientAddress);
    return { isNew: peer.udpHosts().length > before, failures };
  }

  /** Advertises the host candidates of the peer's bases. */
  #advertise(peer: AgentShell, clientAddress: string | undefined): void {
    const { tcpMux } = this.#parts;
    const policy = this.#policy(clientAddress);
    const endpoints = [...udpEndpoints(peer), ...(tcpMux ? tcpEndpoints(tcpMux, usableAddresses(policy)) : [])];
    peer.setHostCandidates(hostCandidates(policy, endpoints).map(({ baseId: _base, ...candidate }) => candidate));
  }

  /** An address was found that our candidates need: connected viewers are sent them, too. */
  advertiseAnew(): void {
    for (const { peer, clientAddress } of this.#peers.values()) this.#advertise(peer, clientAddress);
  }

  foundAddress(address: string): void {
    this.#parts.external.found(address);
    this.advertiseAnew();
  }

  acceptTcp(socket: Socket, firstBytes: Buffer): void {
    if (this.#parts.tcpMux && !this.#closed) this.#parts.tcpMux.accept(socket, firstBytes);
    else socket.destroy();
  }

  servedServers(servers: readonly IceServerWithCa[], user: string): ServedServers {
    return serve(servers, user, this.#options, this.#parts.external);
  }

  listening(): readonly { transport: 'udp' | 'tcp'; address: string; port: number }[] {
    const udp = this.#parts.udpMux?.sockets().map(({ address, port }) => ({ transport: 'udp' as const, address, port })) ?? [];
    const tcp = this.#parts.tcpMux ? [{ transport: 'tcp' as const, address: '::', port: this.#parts.tcpMux.port }] : [];
    return [...udp, ...tcp];
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#parts.external.close();
    for (const { peer } of [...this.#peers.values()]) peer.close();
    await Promise.all([this.#parts.udpMux?.close(), this.#parts.tcpMux?.close()]);
  }

  #policy(clientAddress: string | undefined): AdvertisePolicy {
    return { locals: localAddresses(), ...this.#parts.external.current(), filters: this.#options.filters ?? {}, clientAddress };
  }

  #udpOf(addresses: readonly LocalAddress[]): readonly LocalAddress[] {
    const networks = this.#options.filters?.networks;
    const allowed = (address: string) => !networks?.length || networks.includes(`udp${familyOf(address)}` satisfies NetworkType);
    return addresses.filter(({ address }) => allowed(address));
  }

  #newToken(): number {
    for (;;) {
      const token = randomBytes(4).readUInt32BE(0);
      if (!this.#peers.has(token)) return token;
    }
  }
}

function serve(
  servers: readonly IceServerWithCa[],
  user: string,
  options: IceTransportsOptions,
  external: ExternalAddresses,
): ServedServers {
  const policy = {
    locals: localAddresses(),
    externals: [],
    statics: [],
    filters: options.filters ?? {},
    clientAddress: undefined,
  };
  return servedServers(servers, {
    privateIp: usableAddresses(policy)[0]?.address,
    publicIp: external.publicAddress(),
    turn: options.turn,
    user,
    nowEpochSeconds: Date.now() / 1000,
    hmac: hmacSha1,
  });
}

/** Loopback included: a browser on this machine may come that way, whatever is advertised. */
function muxAddresses(): string[] {
  return localAddresses()
    .map(({ address }) => address)
    .filter((address) => !isLinkLocal(address));
}

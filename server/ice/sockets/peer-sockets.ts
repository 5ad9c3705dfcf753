import { addressKey } from '../address.js';
import type { AgentShell, BaseIo } from '../agent-shell.js';
import { type Candidate, candidateFoundation, candidatePriority } from '../candidates/candidate.js';
import type { HostEndpoint, LocalAddress } from '../candidates/candidate-policy.js';
import { ICE_LIMITS } from '../limits.js';
import type { NoPort } from './no-port.js';
import type { TcpConnection, TcpMux, TcpRoute } from './tcp-mux.js';
import type { UdpMux } from './udp-mux.js';
import type { UdpRange } from './udp-range.js';
import type { UdpRoute } from './udp-routes.js';
import type { UdpSocket } from './udp-socket.js';

/** Joins sockets to a peer: each becomes a base of its agent, and an endpoint for the candidate policy. */

/** The UDP mux's route to a peer; `peerOf` is called late, since a peer registers while it is made. */
export function muxRoute(mux: UdpMux, token: number, peerOf: () => AgentShell): UdpRoute {
  const route: UdpRoute = {
    token,
    onStun(socket, message, address, port) {
      const peer = peerOf();
      // A request on an address that is not advertised came through a NAT, and is as good as any.
      if (!peer.hasBase(udpBaseId(socket))) addMuxBase(mux, route, peer, socket, UNLISTED);
      peer.receiveStun(udpBaseId(socket), message, address, port);
    },
    onDatagram: (socket, bytes, address, port) => peerOf().receiveOther(udpBaseId(socket), bytes, address, port),
    onGone: (socket) => peerOf().removeBase(udpBaseId(socket)),
  };
  return route;
}

/** Joins the shared sockets on these addresses to the peer, unless it has them already. */
export function attachMux(mux: UdpMux, route: UdpRoute, peer: AgentShell, addresses: readonly LocalAddress[]): void {
  for (const [index, { address }] of addresses.entries()) {
    const socket = mux.sockets().find((each) => each.address === address);
    if (socket && !peer.hasBase(udpBaseId(socket))) addMuxBase(mux, route, peer, socket, index);
  }
}

/** The route to a peer on sockets of the range, its own or shared; what comes in on another peer's port is not its. */
export function rangeRoute(token: number, peerOf: () => AgentShell): UdpRoute {
  return {
    token,
    onStun(socket, message, address, port) {
      const peer = peerOf();
      if (peer.hasBase(udpBaseId(socket))) peer.receiveStun(udpBaseId(socket), message, address, port);
    },
    onDatagram: (socket, bytes, address, port) => peerOf().receiveOther(udpBaseId(socket), bytes, address, port),
    onGone: (socket) => peerOf().removeBase(udpBaseId(socket)),
  };
}

/** Opens or shares one socket per address where the peer has none yet; returns why there is none on some. */
export async function attachRange(
  range: UdpRange,
  route: UdpRoute,
  peer: AgentShell,
  addresses: readonly LocalAddress[],
): Promise<NoPort[]> {
  const failures: NoPort[] = [];
  const known = peer.udpHosts().map(({ candidate }) => candidate.address);
  const user = {
    get isSilent() {
      return peer.closed || peer.state === 'disconnected' || peer.state === 'failed';
    },
  };
  await Promise.all(
    addresses.map(async ({ address }, index) => {
      if (known.includes(address)) return;
      const opened = await range.open(address, user);
      if (!opened.ok) {
        failures.push(opened.error);
        return;
      }
      const { socket, release } = opened.value;
      const io: BaseIo = {
        ...udpIo(socket),
        verified: (from) => range.bind(socket, from.address, from.port, route),
        close: release,
      };
      peer.addBase({ id: udpBaseId(socket), candidate: baseCandidate('udp', socket, index) }, io);
    }),
  );
  return failures;
}

/** The peer's own UDP bases, of which the candidate policy makes host candidates. */
export function udpEndpoints(peer: AgentShell): HostEndpoint[] {
  return peer.udpHosts().map(({ id, candidate: { address, port } }) => ({ baseId: id, transport: 'udp', address, port }));
}

/** The passive candidates of the TCP mux, which has no base before someone connects. */
export function tcpEndpoints(mux: TcpMux, addresses: readonly LocalAddress[]): HostEndpoint[] {
  return addresses.map(({ address }) => ({ baseId: `tcp|${address}`, transport: 'tcp', address, port: mux.port }));
}

/** Makes each connection that names the peer a base. */
export function tcpRoute(peerOf: () => AgentShell): TcpRoute {
  let open = 0;
  return {
    onConnection(connection) {
      const peer = peerOf();
      const { local, remote } = connection;
      const id = `tcp|${addressKey(local.address, local.port)}|${addressKey(remote.address, remote.port)}`;
      open++;
      if (open > ICE_LIMITS.tcpConnections.value) connection.close();
      else peer.addBase({ id, candidate: baseCandidate('tcp', local, 0), onlyRemote: remote }, tcpIo(connection));
      return {
        onFrame: (frame) => peer.receive(id, frame, remote.address, remote.port),
        onClose() {
          open--;
          peer.removeBase(id);
        },
      };
    },
  };
}

const UNLISTED = 1000;

function addMuxBase(mux: UdpMux, route: UdpRoute, peer: AgentShell, socket: UdpSocket, index: number): void {
  const io: BaseIo = {
    ...udpIo(socket),
    verified: (from) => mux.bind(socket, from.address, from.port, route),
    close: () => undefined,
  };
  peer.addBase({ id: udpBaseId(socket), candidate: baseCandidate('udp', socket, index) }, io);
}

function udpBaseId(socket: UdpSocket): string {
  return `udp|${addressKey(socket.address, socket.port)}`;
}

function udpIo(socket: UdpSocket): Pick<BaseIo, 'send' | 'path'> {
  return { send: (bytes, to) => socket.send(bytes, to.address, to.port), path: (to) => socket.path(to.address, to.port) };
}

function tcpIo(connection: TcpConnection): BaseIo {
  return {
    send: (bytes) => void connection.send(bytes),
    path: () => ({
      kind: 'stream',
      send: (packet) => connection.send(packet),
      sendAll: (packets) => connection.sendAll(packets),
      get queuedBytes() {
        return connection.queuedBytes;
      },
    }),
    verified: () => connection.keep(),
    close: () => connection.close(),
  };
}

function baseCandidate(transport: 'udp' | 'tcp', at: { address: string; port: number }, index: number): Candidate {
  return {
    foundation: candidateFoundation('host', at.address, transport),
    component: 1,
    transport,
    priority: candidatePriority('host', transport, 65535 - index, 1),
    address: at.address,
    port: at.port,
    type: 'host',
    ...(transport === 'tcp' ? { tcpType: 'passive' as const } : {}),
  };
}

import { canonicalAddress, isLoopback, sameNetwork } from '../../ice/address.js';
import type { StaticEntry } from '../../ice/ice-types.js';
import type { Cause } from './cause.js';
import {
  type ClientFacts,
  type DoctorFacts,
  isHidden,
  isOnOurNetwork,
  isOwn,
  isPrivate,
  localBeside,
  looksLikeContainer,
} from './facts.js';
import { hostPort, type Path } from './path.js';
import { environmentLines, nameFor, portLines, publicNameFor, udpPorts } from './remedies.js';

type HostPath = Extract<Path, { kind: 'host' }>;

/** Why a host candidate cannot be reached by this viewer. Pure. */
export function diagnoseHost(path: HostPath, facts: DoctorFacts, client: ClientFacts, udpIsBlocked: boolean): Cause {
  return (
    (browsersRefuse(path) ? undefined : wrongStatic(path, facts)) ??
    wrongAddress(path, facts, client) ??
    refusedPort(path, facts) ??
    hairpin(path, facts, client) ??
    remapped(path, facts, client) ??
    (path.transport === 'udp' && udpIsBlocked ? viewerBlocksUdp(facts) : notPublished(path, facts, client))
  );
}

/**
 * Browsers drop candidates below port 1024: on 80 and 443 those with private addresses, on other ports all
 * (libwebrtc, VerifyCandidate).
 */
function browsersRefuse({ address, port }: HostPath): boolean {
  if (port >= 1024) return false;
  return (port !== 80 && port !== 443) || isPrivate(address);
}

function refusedPort(path: HostPath, { tcp }: DoctorFacts): Cause | undefined {
  if (!browsersRefuse(path)) return undefined;
  const { address, port, transport } = path;
  const which =
    port === 80 || port === 443 ? `port ${port} on private addresses` : `port ${port}, as every one below 1024 but 80 and 443,`;
  const shared = transport === 'tcp' && tcp.kind === 'shared';
  return {
    code: 'browser-refuses-port',
    state: 'wrong',
    explanation: `Browsers refuse ${which} for ICE over ${transport.toUpperCase()}, so none of them tries ${hostPort(address, port)}. No firewall is to blame.`,
    remedy: `${shared ? 'Give ICE over TCP a port of its own beside the one of the page' : 'Take a port'} from 1024 up, and publish it.`,
    snippet:
      transport === 'tcp'
        ? `${environmentLines({ NEKO_WEBRTC_TCPMUX: '52100' })}\n${portLines('52100:52100/tcp')}`
        : `${environmentLines({ NEKO_WEBRTC_UDPMUX: '52100' })}\n${portLines('52100:52100/udp')}`,
  };
}

/** The advertised port is configured by hand: it has to be the published one. */
function wrongStatic(path: HostPath, facts: DoctorFacts): Cause | undefined {
  const inside = insidePort(path, facts);
  const names = (entry: StaticEntry) => entry.kind === 'address' && canonicalAddress(entry.host) === path.address;
  const isStatic = facts.statics.some((entry) => entry.port === path.port && (names(entry) || path.port !== inside));
  if (!isStatic) return undefined;
  const target = inside ?? '<port inside>';
  return {
    code: 'static-port',
    state: 'wrong',
    explanation: `NEKO_WEBRTC_CANDIDATES tells viewers ${hostPort(path.address, path.port)}, but nothing of ours answers there over ${path.transport.toUpperCase()}.`,
    remedy: `Publish ${path.port}/${path.transport} and lead it to our port ${target}, or correct the address and port in NEKO_WEBRTC_CANDIDATES.`,
    snippet: portLines(`${path.port}:${target}/${path.transport}`),
  };
}

function wrongAddress(path: HostPath, facts: DoctorFacts, client: ClientFacts): Cause | undefined {
  const { address } = path;
  const own = isOwn(facts, address);
  if (isLoopback(address)) {
    return {
      code: 'loopback-only',
      state: 'wrong',
      explanation: `${address} is this machine itself: nobody else can reach it.`,
      remedy: 'Leave loopback addresses out, unless the browser runs on the server.',
      snippet: environmentLines({ NEKO_WEBRTC_FILTERS_LOOPBACK: 'false' }),
    };
  }
  if (!isPrivate(address)) return undefined;
  if (isConfigured(facts, address)) {
    const useless = outside(facts, client) || (looksLikeContainer(address) && !sameNetwork(client.address, address, 16));
    return useless ? privateNat1to1(address, client) : undefined;
  }
  if (!own || isOnOurNetwork(facts, client.address)) return undefined;
  if (hasExternal(facts)) {
    return {
      code: 'local-only',
      state: 'blocked',
      explanation: `${address} is an address of the server's own network. Viewers from elsewhere use the other addresses.`,
      remedy: 'Nothing to do, as long as another path works.',
      snippet: '',
    };
  }
  return noExternal(address, facts, client);
}

function privateNat1to1(address: string, client: ClientFacts): Cause {
  const kind = looksLikeContainer(address) ? 'an address inside a container network' : 'a private address';
  return {
    code: 'nat1to1-private',
    state: 'wrong',
    explanation: `NEKO_WEBRTC_NAT1TO1 is ${address}, ${kind}. This viewer comes from outside (${client.address}) and cannot reach it.`,
    remedy: 'Set NEKO_WEBRTC_NAT1TO1 to the address or name under which viewers find this server.',
    snippet: environmentLines({ NEKO_WEBRTC_NAT1TO1: suggestion(client) }),
  };
}

function noExternal(address: string, facts: DoctorFacts, client: ClientFacts): Cause {
  const where = facts.inContainer ? 'inside its container' : 'in its own network';
  return {
    code: 'no-external-address',
    state: 'wrong',
    explanation: `The server knows only its address ${where}, ${address}, and tells viewers that. This viewer (${client.address}) cannot reach it.`,
    remedy:
      'Set NEKO_WEBRTC_NAT1TO1 to the address or name under which viewers find this server, and publish its ports as UDP and TCP.',
    snippet: environmentLines({ NEKO_WEBRTC_NAT1TO1: suggestion(client) }),
  };
}

/** The viewer is in our network, but its packets go through the router, which may not lead them back in. */
function hairpin({ address }: HostPath, facts: DoctorFacts, client: ClientFacts): Cause | undefined {
  if (isOwn(facts, address) || isPrivate(address)) return undefined;
  const near = isOnOurNetwork(facts, client.address) || (isPrivate(client.address) && !isHidden(facts, client.address));
  if (!near && client.address !== address) return undefined;
  const local = localBeside(facts, client.address) ?? (facts.inContainer ? undefined : firstPrivate(facts));
  const host = canonicalAddress(nameFor(client.page.host, ''));
  const inner = host !== undefined && isPrivate(host) ? host : (local ?? '<address in the local network>');
  return {
    code: 'no-hairpin',
    state: 'blocked',
    explanation: `This viewer (${client.address}) is in the same network as the server, but is told its external address ${address}. The router does not lead packets from inside back in.`,
    remedy: 'Tell viewers the local address too, or switch on NAT loopback (hairpin NAT) in the router.',
    snippet: environmentLines({ NEKO_WEBRTC_NAT1TO1: `${address} ${inner}` }),
  };
}

/** The page came through another port than the one we listen on, so the media port may have another number outside, too. */
function remapped(path: HostPath, facts: DoctorFacts, { page }: ClientFacts): Cause | undefined {
  if (path.port !== facts.http.port || page.port === facts.http.port || facts.http.proxy || page.secure !== facts.http.tls)
    return undefined;
  return {
    code: 'port-remapped',
    state: 'wrong',
    explanation: `Outside, our port ${path.port} has the number ${page.port}: that is where this page came from. Viewers are still told ${path.port}.`,
    remedy: 'Tell viewers the outside number, or publish the port under its own number.',
    snippet: environmentLines({ NEKO_WEBRTC_CANDIDATES: hostPort(nameFor(page.host, path.address), page.port) }),
  };
}

function viewerBlocksUdp(facts: DoctorFacts): Cause {
  const hasTcp = facts.tcp.kind !== 'off';
  return {
    code: 'viewer-blocks-udp',
    state: 'blocked',
    explanation: "The viewer's network lets no UDP through: STUN and TURN servers that we can reach do not answer it either.",
    remedy: hasTcp
      ? 'Nothing to mend here: the TCP port or a TURN server over TLS serves such viewers.'
      : 'Offer TCP as well: one port for all viewers, or a TURN server over TLS.',
    snippet: hasTcp ? '' : environmentLines({ NEKO_WEBRTC_TCPMUX: '52100' }),
  };
}

function notPublished(path: HostPath, facts: DoctorFacts, client: ClientFacts): Cause {
  const { transport, address, port } = path;
  const ports = transport === 'udp' ? udpPorts(facts) : `${port}:${port}/tcp`;
  const numbers = ports.slice(0, ports.indexOf(':'));
  const name = transport.toUpperCase();
  const other =
    transport === 'udp' && facts.udp.kind === 'range'
      ? 'The numbers outside and inside must be the same.'
      : `If it is published under another number, tell viewers with NEKO_WEBRTC_CANDIDATES=${hostPort(nameFor(client.page.host, address), port)} in which the port is the outside one.`;
  return {
    code: transport === 'udp' ? 'udp-port-not-published' : 'tcp-port-not-published',
    state: 'blocked',
    explanation: `Nothing that this viewer sends to ${hostPort(address, port)} arrives over ${name}. The port is not published as ${name}, or a firewall drops it.`,
    remedy: `Publish ${numbers} as ${name}, and open it in the firewall or forward it in the router. ${other}`,
    snippet: portLines(ports),
  };
}

function outside(facts: DoctorFacts, { address }: ClientFacts): boolean {
  return !isOnOurNetwork(facts, address) && !isHidden(facts, address);
}

function firstPrivate({ locals }: DoctorFacts): string | undefined {
  return locals.find(({ address }) => !isLoopback(address) && isPrivate(address))?.address;
}

function isConfigured({ nat1to1 }: DoctorFacts, address: string): boolean {
  return nat1to1.some(({ external }) => canonicalAddress(external) === address);
}

function hasExternal({ nat1to1, found, statics }: DoctorFacts): boolean {
  return nat1to1.length + found.length + statics.length > 0;
}

/** The page's own host name works for viewers like this one; a private address only for viewers of that network. */
function suggestion({ address, page }: ClientFacts): string {
  return isPrivate(address) ? nameFor(page.host, '<address of this machine>') : publicNameFor(page.host);
}

function insidePort({ transport }: HostPath, { udp, tcp }: DoctorFacts): number | undefined {
  if (transport === 'tcp') return tcp.kind === 'off' ? undefined : tcp.port;
  return udp.kind === 'mux' ? udp.port : undefined;
}

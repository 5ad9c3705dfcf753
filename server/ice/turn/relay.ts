import type { Clock } from '../../lib/clock.js';
import type { Log } from '../../lib/log.js';
import { addressKey } from '../address.js';
import type { AgentShell } from '../agent-shell.js';
import { type Candidate, candidateFoundation, candidatePriority } from '../candidates/candidate.js';
import { allocateRelay, type TurnAllocation } from './turn-allocation.js';
import { connectTurn, type TurnServer } from './turn-transport.js';

export type { TurnServer };

/** Allocates a relay for the peer and makes it a base; false if the server was silent or refused, which is logged. */
export async function attachRelay(
  peer: AgentShell,
  server: TurnServer,
  clientAddress: string | undefined,
  clock: Clock,
  log: Log,
): Promise<boolean> {
  // Renewed credentials make a new relay beside the old one, which expires.
  const id = `relay|${server.transport}|${addressKey(server.at.address, server.at.port)}|${server.username}`;
  if (peer.hasBase(id) || peer.closed) return true;
  const transport = await connectTurn(server);
  if (!transport.ok) {
    log.warn({ server: server.name, transport: server.transport, reason: transport.error }, 'TURN server: no connection');
    return false;
  }
  const allocated = await allocateRelay({
    transport: transport.value,
    username: server.username,
    credential: server.credential,
    clock,
    onDatagram: (bytes, from) => peer.receive(id, bytes, from.address, from.port),
    onClosed: () => peer.removeBase(id),
  });
  if (!allocated.ok) {
    transport.value.close();
    log.warn({ server: server.name, transport: server.transport, reason: allocated.error }, 'TURN server: no relay');
    return false;
  }
  const allocation = allocated.value;
  // A browser that hides its addresses sends from the one its WebSocket comes from, if anything.
  if (clientAddress !== undefined) allocation.permit(clientAddress);
  const candidate = relayCandidate(server, allocation);
  peer.addBase(
    { id, candidate },
    {
      send: (bytes, to) => allocation.send(bytes, to),
      path(to) {
        allocation.bindChannel(to);
        return {
          kind: 'stream',
          send: (packet) => allocation.send(packet, to),
          get queuedBytes() {
            return allocation.queuedBytes;
          },
        };
      },
      verified: () => undefined,
      close: () => allocation.close(),
    },
  );
  peer.addCandidate(candidate);
  return true;
}

/** UDP to the server is preferred to TCP, TCP to TLS. */
function relayCandidate(server: TurnServer, { relayed, mapped }: TurnAllocation): Candidate {
  const preference = { udp: 65535, tcp: 40_000, tls: 30_000 }[server.transport];
  return {
    foundation: candidateFoundation('relay', relayed.address, 'udp', `${server.transport}:${server.at.address}`),
    component: 1,
    transport: 'udp',
    priority: candidatePriority('relay', 'udp', preference, 1),
    ...relayed,
    type: 'relay',
    related: mapped ?? relayed,
  };
}

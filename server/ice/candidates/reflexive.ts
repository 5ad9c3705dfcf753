import type { Clock } from '../../lib/clock.js';
import { familyOf, isLoopback, type TransportAddress } from '../address.js';
import type { LocalBase } from '../agent/agent-state.js';
import type { AgentShell } from '../agent-shell.js';
import { encodeStun } from '../stun/stun.js';
import type { SeenOverStream } from '../turn/stream-binding.js';
import { candidateFoundation, candidatePriority } from './candidate.js';

/** A server that shows us our address. */
export interface Mirror {
  /** Its URL, for the foundation. */
  readonly text: string;
  readonly clock: Clock;
  /** Called with every address that it saw us at. */
  onExternal(address: string): void;
}

const ANSWER_LIMIT_MS = 5000;
const RETRANSMIT_MS = [0, 200, 600, 1400, 3000] as const;

/** Asks from every socket of the server's family, since each has a mapping of its own; false if the server is silent. */
export async function askReflexive(peer: AgentShell, at: TransportAddress, mirror: Mirror): Promise<boolean> {
  const bases = peer.udpHosts().filter(({ candidate }) => {
    return familyOf(candidate.address) === familyOf(at.address) && isLoopback(candidate.address) === isLoopback(at.address);
  });
  const answers = await Promise.all(
    bases.map(async (base) => {
      const answer = await answerTo(peer, base.id, at, mirror.clock);
      if (answer?.mapped) advertise(peer, base, answer.mapped, mirror);
      return answer !== undefined;
    }),
  );
  return bases.length === 0 || answers.some((answered) => answered);
}

/**
 * An address seen over a stream also holds for the UDP sockets on the same local address, but for the port, which is assumed
 * unchanged: a relay permits an address with any port, and some NATs keep ports.
 */
export function advertiseSeen(peer: AgentShell, { local, external }: SeenOverStream, mirror: Mirror): void {
  if (external === undefined) return;
  for (const base of peer.udpHosts()) {
    const { address, port } = base.candidate;
    if (address === local) advertise(peer, base, { address: external, port }, mirror);
  }
}

function advertise(peer: AgentShell, { candidate }: LocalBase, mapped: TransportAddress, { text, onExternal }: Mirror): void {
  onExternal(mapped.address);
  if (mapped.address === candidate.address) return;
  peer.addCandidate({
    foundation: candidateFoundation('srflx', candidate.address, 'udp', text),
    component: 1,
    transport: 'udp',
    priority: candidatePriority('srflx', 'udp', Math.trunc(candidate.priority / 256) % 65536, 1),
    ...mapped,
    type: 'srflx',
    related: { address: candidate.address, port: candidate.port },
  });
}

/** This base's address as a STUN server sees it; undefined if it does not answer within 5 s. */
function answerTo(
  peer: AgentShell,
  baseId: string,
  at: TransportAddress,
  clock: Clock,
): Promise<{ readonly mapped: TransportAddress | undefined } | undefined> {
  return new Promise((resolve) => {
    const transactionId = peer.transactionId();
    const bytes = encodeStun({ kind: 'request', method: 'binding', transactionId, attributes: {} });
    const timers = RETRANSMIT_MS.map((atMs) => clock.after(atMs, () => peer.sendFrom(baseId, bytes, at)));
    const finish = (answer: { readonly mapped: TransportAddress | undefined } | undefined) => {
      for (const cancel of timers) cancel();
      release();
      resolve(answer);
    };
    timers.push(clock.after(ANSWER_LIMIT_MS, () => finish(undefined)));
    const release = peer.awaitAnswer(transactionId, ({ attributes }) =>
      finish({ mapped: attributes.xorMappedAddress ?? attributes.mappedAddress }),
    );
    peer.hold(() => finish(undefined));
  });
}

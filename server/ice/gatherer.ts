import { lookup } from 'node:dns/promises';
import type { Clock } from '../lib/clock.js';
import type { Log } from '../lib/log.js';
import { err, ok, type Result } from '../lib/result.js';
import { canonicalAddress, familyOf, isLoopback, type TransportAddress } from './address.js';
import { candidateFoundation, candidatePriority } from './candidate.js';
import type { IceServer } from './ice-types.js';
import { parseIceUrl } from './ice-url.js';
import type { Peer } from './peer.js';
import { attachRelay, type TurnServer } from './relay.js';
import { encodeStun } from './stun.js';

/** Finds the candidates that need a server: server-reflexive and relay. Nothing else waits for it. */
export interface Gatherer {
  /** Resolves when every server has answered or is given up: after 5 s at the latest, sooner for those known to be silent. */
  gather(peer: Peer, clientAddress: string | undefined, log: Log): Promise<void>;
}

interface Options {
  readonly servers: readonly IceServer[];
  readonly clock: Clock;
  readonly log: Log;
  /** The list with addresses and time-limited credentials filled in. */
  served(servers: readonly IceServer[]): readonly IceServer[];
  /** How long such credentials are good for; undefined: all are lasting. */
  readonly ttlSeconds: number | undefined;
  /** Told of every address that a server saw us at. */
  onExternal(address: string): void;
}

interface Server {
  readonly entry: IceServer;
  readonly text: string;
  /** Made for each peer anew: they end. */
  readonly timeLimited: boolean;
  /** When it last failed to answer. */
  silentAtMs: number;
}

/** issue 4, item 2: the description waits no longer. */
export const GATHER_LIMIT_MS = 5000;
/** A server that was silent is asked by the next peers too, but not waited for. */
const SILENT_FOR_MS = 60_000;
const RETRANSMIT_MS = [0, 200, 600, 1400, 3000] as const;

/** Time-limited credentials are renewed when so much of their time is over. */
const RENEW_AT = 0.8;
/** The longest wait of a timer (2^31 - 1 ms). */
const MAX_TIMER_MS = 2_147_483_647;

/** Reads the backend list; an entry that cannot work is an error that names it. */
export function gatherer(options: Options): Result<Gatherer> {
  const servers: Server[] = [];
  for (const entry of options.servers) {
    for (const text of entry.urls) {
      const url = parseIceUrl(text.replace(/\{\{[^}]*\}\}/g, '192.0.2.1'));
      if (!url.ok) return err(`NEKO_WEBRTC_ICESERVERS_BACKEND: ${url.error}`);
      const timeLimited = entry.username === undefined && entry.credential === undefined && options.ttlSeconds !== undefined;
      if (url.value.scheme === 'turn' && !timeLimited && (!entry.username || !entry.credential)) {
        return err(
          `NEKO_WEBRTC_ICESERVERS_BACKEND: ${text}: a TURN server needs username and credential, or NEKO_WEBRTC_TURN_SECRET`,
        );
      }
      servers.push({ entry: { ...entry, urls: [text] }, text, timeLimited, silentAtMs: Number.NEGATIVE_INFINITY });
    }
  }
  return ok({
    async gather(peer, clientAddress, log) {
      const waits = servers.map(async (server) => {
        const known = options.clock.nowMs() - server.silentAtMs < SILENT_FOR_MS;
        const asked = ask(server, peer, clientAddress, options).then((answered) => {
          if (answered) server.silentAtMs = Number.NEGATIVE_INFINITY;
          else if (!peer.closed) {
            if (!known) log.warn({ server: server.text }, 'ICE server did not answer');
            server.silentAtMs = options.clock.nowMs();
          }
        });
        if (!known) await asked;
      });
      await within(options.clock, GATHER_LIMIT_MS, Promise.all(waits));
    },
  });
}

/** True if the server answered, or was not needed. */
async function ask(
  server: Server,
  peer: Peer,
  clientAddress: string | undefined,
  options: Options,
  only?: 'relay',
): Promise<boolean> {
  const served = options.served([server.entry])[0];
  const url = parseIceUrl(served?.urls[0] ?? '');
  if (!served || !url.ok) return true;
  const addresses = await resolve(url.value.host);
  const questions: Promise<boolean>[] = [];
  for (const family of [4, 6] as const) {
    const address = addresses.find((each) => familyOf(each) === family);
    if (address === undefined) continue;
    const at = { address, port: url.value.port };
    if (only === undefined && url.value.transport === 'udp') questions.push(askReflexive(server, peer, at, options));
    const { username, credential, ca } = served;
    if (url.value.scheme === 'turn' && username !== undefined && credential !== undefined) {
      const turn: TurnServer = { at, transport: url.value.transport, name: url.value.host, username, credential, ca };
      questions.push(attachRelay(peer, turn, clientAddress, options.clock, options.log));
    }
  }
  if (questions.length === 0) return addresses.length > 0;
  if (server.timeLimited && url.value.scheme === 'turn') renewLater(server, peer, clientAddress, options);
  return (await Promise.all(questions)).some((answered) => answered);
}

/** A relay under new credentials stands ready before the old ones end. */
function renewLater(server: Server, peer: Peer, clientAddress: string | undefined, options: Options): void {
  const waitMs = Math.min(MAX_TIMER_MS, (options.ttlSeconds ?? 0) * 1000 * RENEW_AT);
  peer.hold(options.clock.after(waitMs, () => void ask(server, peer, clientAddress, options, 'relay')));
}

/** Asks from every socket of the server's family, since each has a mapping of its own. */
async function askReflexive(server: Server, peer: Peer, at: TransportAddress, options: Options): Promise<boolean> {
  const bases = peer.udpHosts().filter(({ candidate }) => {
    return familyOf(candidate.address) === familyOf(at.address) && isLoopback(candidate.address) === isLoopback(at.address);
  });
  const answers = await Promise.all(
    bases.map(async ({ id, candidate }) => {
      const mapped = await mappedAddress(peer, id, at, options.clock);
      if (!mapped) return false;
      options.onExternal(mapped.address);
      if (mapped.address === candidate.address) return true;
      peer.addCandidate({
        foundation: candidateFoundation('srflx', candidate.address, 'udp', server.text),
        component: 1,
        transport: 'udp',
        priority: candidatePriority('srflx', 'udp', Math.trunc(candidate.priority / 256) % 65536, 1),
        ...mapped,
        type: 'srflx',
        related: { address: candidate.address, port: candidate.port },
      });
      return true;
    }),
  );
  return bases.length === 0 || answers.some((answered) => answered);
}

/** Where a STUN server sees this base, undefined if it does not answer within 5 s. */
function mappedAddress(peer: Peer, baseId: string, at: TransportAddress, clock: Clock): Promise<TransportAddress | undefined> {
  return new Promise((resolve) => {
    const transactionId = peer.transactionId();
    const bytes = encodeStun({ kind: 'request', method: 'binding', transactionId, attributes: {} });
    const timers = RETRANSMIT_MS.map((atMs) => clock.after(atMs, () => peer.sendFrom(baseId, bytes, at)));
    const finish = (mapped: TransportAddress | undefined) => {
      for (const cancel of timers) cancel();
      release();
      resolve(mapped);
    };
    timers.push(clock.after(GATHER_LIMIT_MS, () => finish(undefined)));
    const release = peer.awaitAnswer(transactionId, (message) =>
      finish(message.attributes.xorMappedAddress ?? message.attributes.mappedAddress),
    );
    peer.hold(() => finish(undefined));
  });
}

async function resolve(host: string): Promise<readonly string[]> {
  const address = canonicalAddress(host);
  if (address !== undefined) return [address];
  try {
    return (await lookup(host, { all: true })).flatMap((each) => canonicalAddress(each.address) ?? []);
  } catch {
    return [];
  }
}

function within(clock: Clock, limitMs: number, work: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(limitMs, resolve);
    const done = () => {
      cancel();
      resolve();
    };
    work.then(done, done);
  });
}

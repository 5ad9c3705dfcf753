import { lookup } from 'node:dns/promises';
import { type Clock, MAX_TIMER_MS } from '../../lib/clock.js';
import type { Log } from '../../lib/log.js';
import { shownIceUrl } from '../../lib/text/shown-url.js';
import { addressKey, canonicalAddress, familyOf } from '../address.js';
import type { AgentShell } from '../agent-shell.js';
import type { IceServerWithCa } from '../ice-types.js';
import { type AskedServer, askedServers } from '../servers/asked-servers.js';
import { parseIceUrl } from '../servers/ice-url.js';
import { attachRelay, type TurnServer } from '../turn/relay.js';
import { bindingOverStream, type SeenOverStream } from '../turn/stream-binding.js';
import type { StreamServer } from '../turn/turn-transport.js';
import { advertiseSeen, askReflexive, type Mirror } from './reflexive.js';

/** Finds the candidates that need a server: server-reflexive and relay. Host candidates do not wait for it. */
export interface Gatherer {
  /** Resolves when every server has answered or timed out: after 5 s at the latest, sooner for those known to be silent. */
  gather(peer: AgentShell, clientAddress: string | undefined, log: Log): Promise<void>;
}

interface Options {
  readonly servers: readonly IceServerWithCa[];
  /** The list sent to viewers: asked for our own address only, so that the viewer's relay lets us in (SPEC.md IT17). */
  readonly frontendServers: readonly IceServerWithCa[];
  readonly clock: Clock;
  readonly log: Log;
  /** The list with addresses and time-limited credentials filled in. */
  served(servers: readonly IceServerWithCa[]): readonly IceServerWithCa[];
  /** How long such credentials are valid; undefined: for ever. */
  readonly ttlSeconds: number | undefined;
  /** Called with every address that a server saw us at. */
  onExternal(address: string): void;
}

/** The parts that all questions share. */
interface Context extends Options {
  overStream(server: StreamServer): Promise<SeenOverStream | undefined>;
}

/** The longest wait of a description that has to name all candidates. */
export const GATHER_LIMIT_MS = 5000;
/** A server that was silent is asked by the next peers too, but not waited for. */
const SILENT_FOR_MS = 60_000;
/** An address seen over a stream does not belong to one peer, and serves all for so long. */
const SEEN_FOR_MS = 60_000;

/** Time-limited credentials are renewed when so much of their time is over. */
const RENEW_AT = 0.8;

/** Reads the lists; a URL that cannot work is skipped with a warning. */
export function gatherer(options: Options): Gatherer {
  const { servers: backend, frontendServers: frontend, clock } = options;
  const { servers, skipped } = askedServers({ backend, frontend, turnSecret: options.ttlSeconds !== undefined });
  for (const reason of skipped) options.log.warn({ reason }, 'ICE server skipped');
  const context = { ...options, overStream: remembering(clock) };
  return {
    async gather(peer, clientAddress, log) {
      const waits = servers.map(async (server) => {
        const known = clock.nowMs() - server.silentAtMs < SILENT_FOR_MS;
        const asked = askSafely(server, peer, clientAddress, context).then((answered) => {
          if (answered) server.silentAtMs = Number.NEGATIVE_INFINITY;
          else if (!peer.closed) {
            if (!known) log.warn({ server: shownIceUrl(server.text), list: server.list }, 'ICE server did not answer');
            server.silentAtMs = clock.nowMs();
          }
        });
        if (!known) await asked;
      });
      await within(clock, GATHER_LIMIT_MS, Promise.all(waits));
    },
  };
}

/** As `ask`; an error of one server is logged, and counts as silence. */
async function askSafely(...question: Parameters<typeof ask>): Promise<boolean> {
  const [server, , , { log }] = question;
  try {
    return await ask(...question);
  } catch (error) {
    log.warn(
      { server: server.text, reason: error instanceof Error ? error.message : String(error) },
      'ICE server cannot be asked',
    );
    return false;
  }
}

/** True if the server answered, or was not needed. */
async function ask(
  server: AskedServer,
  peer: AgentShell,
  clientAddress: string | undefined,
  context: Context,
  only?: 'relay',
): Promise<boolean> {
  const served = context.served([server.entry])[0];
  const url = parseIceUrl(served?.urls[0] ?? '');
  if (!served || !url.ok) return true;
  const { scheme, transport, host, port } = url.value;
  const mirror = { text: server.text, clock: context.clock, onExternal: context.onExternal };
  const addresses = await resolve(host);
  const questions: Promise<boolean>[] = [];
  for (const family of [4, 6] as const) {
    const address = addresses.find((each) => familyOf(each) === family);
    if (address === undefined) continue;
    const at = { address, port };
    const { username, credential, ca } = served;
    if (only === undefined && transport === 'udp') questions.push(askReflexive(peer, at, mirror));
    if (transport !== 'udp' && (scheme === 'stun' || server.list === 'frontend')) {
      questions.push(askStream(peer, { at, transport, name: host, ca }, mirror, context));
    }
    if (server.list === 'backend' && scheme === 'turn' && username !== undefined && credential !== undefined) {
      const turn: TurnServer = { at, transport, name: host, username, credential, ca };
      questions.push(attachRelay(peer, turn, clientAddress, context.clock, context.log));
    }
  }
  if (questions.length === 0) return addresses.length > 0;
  if (server.timeLimited && scheme === 'turn') renewLater(server, peer, clientAddress, context);
  return (await Promise.all(questions)).some((answered) => answered);
}

/** A relay under new credentials stands ready before the old ones end. */
function renewLater(server: AskedServer, peer: AgentShell, clientAddress: string | undefined, context: Context): void {
  const waitMs = Math.min(MAX_TIMER_MS, (context.ttlSeconds ?? 0) * 1000 * RENEW_AT);
  peer.hold(context.clock.after(waitMs, () => void askSafely(server, peer, clientAddress, context, 'relay')));
}

/** False if the server is silent; a peer without a UDP socket of its family has no use for the answer. */
async function askStream(peer: AgentShell, server: StreamServer, mirror: Mirror, { overStream }: Context): Promise<boolean> {
  const ofFamily = familyOf(server.at.address);
  if (!peer.udpHosts().some(({ candidate }) => familyOf(candidate.address) === ofFamily)) return true;
  const seen = await overStream(server);
  if (seen) advertiseSeen(peer, seen, mirror);
  return seen !== undefined;
}

/** One connection serves all questions at once or soon after; silence is not remembered. */
function remembering(clock: Clock): Context['overStream'] {
  const known = new Map<string, { readonly atMs: number; readonly answer: Promise<SeenOverStream | undefined> }>();
  return (server) => {
    const key = `${server.transport} ${addressKey(server.at.address, server.at.port)}`;
    const before = known.get(key);
    if (before && clock.nowMs() - before.atMs < SEEN_FOR_MS) return before.answer;
    const entry = { atMs: clock.nowMs(), answer: bindingOverStream(server, clock) };
    known.set(key, entry);
    void entry.answer.then((seen) => {
      if (seen === undefined && known.get(key) === entry) known.delete(key);
    });
    return entry.answer;
  };
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

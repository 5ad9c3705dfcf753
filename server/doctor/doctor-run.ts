import type { IcePeer, IceServerWithCa, IceTransports } from '../ice/ice-types.js';
import type { Clock } from '../lib/clock.js';
import type { Dispose } from '../lib/dispose.js';
import type { Log } from '../lib/log.js';
import { err, type Result } from '../lib/result.js';
import type { DoctorProbe, DoctorResult, doctorServerEvents } from '../protocol/doctor.js';
import type { MessageOf } from '../protocol/events/events.js';
import type { ProbePeer } from '../webrtc/probe-peer.js';
import { within } from './check-server.js';
import { diagnose, verdictOf } from './diagnosis/diagnose.js';
import type { ClientFacts, DoctorFacts } from './diagnosis/facts.js';
import { type Path, type PathOutcome, type PathResult, pathId } from './diagnosis/path.js';
import { findPlanned, type Plan, planCandidates, planServers } from './probe-plan.js';
import type { ServerLook } from './server-view.js';

export type DoctorMessage = MessageOf<typeof doctorServerEvents>;

export interface RunOptions {
  readonly ice: Pick<IceTransports, 'createPeer'>;
  readonly facts: DoctorFacts;
  readonly client: ClientFacts;
  /** The ICE servers sent to the browser. */
  readonly servers: readonly IceServerWithCa[];
  /** The server's own check, shared with other runs. */
  readonly look: Promise<ServerLook>;
  /** Admins also see the server's own tries. */
  readonly tellsServerSide: boolean;
  readonly newProbe: (ice: IcePeer) => ProbePeer;
  readonly send: (message: DoctorMessage) => void;
  readonly onDone: () => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** Few at a time: the viewer's own connection must not feel it, and ports are few. */
const AT_ONCE = 3;
/** Each probe takes a port for every address: in a small range one probe at a time, so that viewers find ports. */
const SMALL_RANGE = 64;
/** How long a browser tries one path. A working one takes some 100 ms, over a bad line a second or two. */
const PROBE_LIMIT_MS = 5000;
/** Browsers wait longer than that before they report a silent STUN server. */
const GATHER_LIMIT_MS = 6000;
const GRACE_MS = 1500;
const SCOUT_LIMIT_MS = 4000;
/** The whole run. */
export const RUN_LIMIT_MS = 20_000;

const WAITING: PathOutcome = { kind: 'untested', reason: 'Not tried yet.' };

interface Trial {
  readonly finish: (outcome: PathOutcome) => void;
  readonly probe: ProbePeer | undefined;
}

/** One session's check: a list of paths, each tried by a probe of its own, and a report after each. Closing it gives all sockets back. */
export class DoctorRun {
  readonly #options: RunOptions;
  readonly #trials = new Map<string, Trial>();
  readonly #queue: Plan[] = [];
  /** Plans by path, in their order. */
  readonly #results = new Map<string, PathResult>();
  readonly #peers = new Set<{ close(): void }>();
  readonly #releases: Dispose[] = [];
  #planning = 1;
  #running = 0;
  #names = 0;
  #closed = false;
  #socketRttMs: number | null = null;

  constructor(options: RunOptions) {
    this.#options = options;
  }

  start(): void {
    const { clock, ice, client, servers, log, look } = this.#options;
    look.catch((error: unknown) => log.warn({ error: String(error) }, 'the server could not look at its own network'));
    this.#releases.push(clock.after(RUN_LIMIT_MS, () => void this.#finish()));
    // The page measures the WebSocket's round trip with this.
    this.#report(false);
    this.#plan(planServers(servers));
    const scout = async () => {
      const peer = await ice.createPeer({ clientAddress: client.address });
      if (!peer.ok) {
        log.warn({ reason: peer.error }, 'connection check: no socket for it');
        return;
      }
      if (this.#closed) return peer.value.close();
      this.#peers.add(peer.value);
      const hosts = peer.value.candidates();
      this.#plan(planCandidates(hosts), true);
      await within(clock, SCOUT_LIMIT_MS, peer.value.gather(), () => {});
      const known = new Set(hosts.map(({ type, address, port }) => `${type} ${address} ${port}`));
      const found = peer.value.candidates().filter(({ type, address, port }) => !known.has(`${type} ${address} ${port}`));
      this.#release(peer.value);
      if (!this.#closed) this.#plan(planCandidates(found));
    };
    void scout()
      .catch((error: unknown) => log.warn({ error: String(error) }, 'connection check failed'))
      .finally(() => {
        this.#planning -= 1;
        this.#next();
      });
  }

  answer(name: string, sdp: string): Result<void> {
    const trial = this.#trials.get(name);
    return trial?.probe ? trial.probe.answer(sdp) : err('no such probe');
  }

  candidate(name: string, text: string): Result<void> {
    const trial = this.#trials.get(name);
    return trial?.probe ? trial.probe.candidate(text) : err('no such probe');
  }

  result({ probe: name, ok, ice, gathered, rtt_ms: rttMs, errors }: DoctorResult): Result<void> {
    if (name === 'websocket') {
      this.#socketRttMs = rttMs;
      return { ok: true, value: undefined };
    }
    const trial = this.#trials.get(name);
    if (trial === undefined) return err('no such probe');
    const heard = trial.probe?.heard ?? false;
    trial.finish(ok ? { kind: 'works', rttMs } : { kind: 'failed', ice, heard, gathered, errors });
    return { ok: true, value: undefined };
  }

  /** Ends it without a report. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const release of this.#releases) release();
    for (const peer of [...this.#peers]) this.#release(peer);
    this.#trials.clear();
    this.#options.onDone();
  }

  /** Adds paths to try; `first` puts the most important ones in front. */
  #plan(plans: readonly Plan[], first = false): void {
    if (first) this.#queue.unshift(...plans);
    else this.#queue.push(...plans);
    for (const { path } of plans) this.#note(path, WAITING);
    this.#next();
  }

  #note(path: Path, outcome: PathOutcome): void {
    this.#results.set(pathId(path), { side: 'browser', path, outcome });
  }

  #next(): void {
    while (!this.#closed && this.#running < this.#atOnce()) {
      const plan = this.#queue.shift();
      if (plan === undefined) break;
      this.#running += 1;
      void this.#try(plan)
        .catch((error: unknown): PathOutcome => ({ kind: 'untested', reason: String(error) }))
        .then((outcome) => {
          this.#running -= 1;
          if (this.#closed) return;
          this.#note(plan.path, outcome);
          this.#report(false);
          this.#next();
        });
    }
    if (this.#running === 0 && this.#queue.length === 0 && this.#planning === 0) void this.#finish();
  }

  #atOnce(): number {
    const { udp } = this.#options.facts;
    return udp.kind === 'range' && udp.maxPort - udp.minPort < SMALL_RANGE ? 1 : AT_ONCE;
  }

  async #try(plan: Plan): Promise<PathOutcome> {
    const { ice, client, facts, newProbe } = this.#options;
    this.#names += 1;
    const name = `probe-${this.#names}`;
    const base = { probe: name, sdp: '', iceservers: [], expected: null, limit_ms: PROBE_LIMIT_MS };
    if (plan.kind === 'gather') {
      return this.#await(
        { ...base, kind: 'gather', iceservers: [toldServer(plan.server)], limit_ms: GATHER_LIMIT_MS },
        undefined,
      );
    }
    // A lite agent sends no checks: a path that works was reached by the browser at that very address.
    const isHost = plan.kind === 'candidate' && plan.wanted.type === 'host';
    const made = await ice.createPeer({ clientAddress: client.address, lite: isHost || facts.lite });
    if (!made.ok) return { kind: 'untested', reason: made.error };
    const peer = made.value;
    const probe = newProbe(peer);
    if (this.#closed) {
      probe.close();
      return { kind: 'untested', reason: '' };
    }
    this.#peers.add(probe);
    if (!isHost) await within(this.#options.clock, SCOUT_LIMIT_MS, peer.gather(), () => {});
    const all = peer.candidates();
    if (plan.kind === 'relay') {
      return this.#await({ ...base, kind: 'relay', sdp: probe.offer(all), iceservers: [toldServer(plan.server)] }, probe);
    }
    const candidate = findPlanned(all, plan.wanted, plan.nth);
    if (candidate === undefined) {
      this.#release(probe);
      return { kind: 'untested', reason: 'The server did not get this address again.' };
    }
    const { address, port } = candidate;
    const expected = isHost ? null : { address, port };
    return this.#await({ ...base, kind: 'connect', sdp: probe.offer([candidate]), expected }, probe);
  }

  /** Lets the browser try a path; a browser that does not answer in time counts as not having tried. */
  #await(message: DoctorProbe, probe: ProbePeer | undefined): Promise<PathOutcome> {
    return new Promise((resolve) => {
      const name = message.probe;
      const cancel = this.#options.clock.after(message.limit_ms + GRACE_MS, () => {
        finish({ kind: 'untested', reason: 'The browser did not answer in time.' });
      });
      const finish = (outcome: PathOutcome) => {
        cancel();
        this.#trials.delete(name);
        if (probe) this.#release(probe);
        resolve(outcome);
      };
      this.#releases.push(cancel);
      this.#trials.set(name, { finish, probe });
      this.#options.send({ event: 'doctor/probe', payload: message });
    });
  }

  #release(peer: { close(): void }): void {
    this.#peers.delete(peer);
    peer.close();
  }

  async #finish(): Promise<void> {
    if (this.#closed) return;
    // No more probes start, and a second call returns early.
    this.#planning = Number.POSITIVE_INFINITY;
    this.#queue.length = 0;
    for (const { path, outcome } of [...this.#results.values()]) {
      if (outcome === WAITING) this.#note(path, { kind: 'untested', reason: 'There was no time left.' });
    }
    for (const peer of [...this.#peers]) this.#release(peer);
    const look = await within(this.#options.clock, RUN_LIMIT_MS / 4, this.#options.look, () => {}).catch(() => undefined);
    if (this.#closed) return;
    this.#report(true, look?.results);
    this.close();
  }

  #report(done: boolean, ours: readonly PathResult[] = []): void {
    const { facts, client, send, tellsServerSide } = this.#options;
    const socket: PathResult = {
      side: 'browser',
      path: { kind: 'websocket' },
      outcome: { kind: 'works', rttMs: this.#socketRttMs },
    };
    const tried = [...this.#results.values()];
    const all = diagnose(facts, client, [...inOrder(tried), socket, ...ours]);
    const findings = all.filter(({ side }) => side === 'browser' || tellsServerSide);
    const waiting = done ? 0 : this.#queue.length + this.#running;
    const payload = {
      done,
      tested: tried.length - waiting,
      total: tried.length,
      verdict: done ? verdictOf(findings) : '',
      findings,
    };
    send({ event: 'doctor/report', payload });
  }
}

/** The fields for a browser, without our own certificates. */
function toldServer({ urls, username, credential }: IceServerWithCa): DoctorProbe['iceservers'][number] {
  return {
    urls: [...urls],
    ...(username === undefined ? {} : { username }),
    ...(credential === undefined ? {} : { credential }),
  };
}

const RANK: readonly Path['kind'][] = ['host', 'srflx', 'relay', 'turn', 'stun'];

function inOrder(results: readonly PathResult[]): PathResult[] {
  return [...results].sort((a, b) => RANK.indexOf(a.path.kind) - RANK.indexOf(b.path.kind));
}

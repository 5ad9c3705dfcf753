import { randomBytes } from 'node:crypto';
import type { Clock } from '../lib/clock.js';
import { type Dispose, once } from '../lib/dispose.js';
import { Emitter } from '../lib/emitter.js';
import { ok, type Result } from '../lib/result.js';
import type { PacketPath } from '../media/paths/packet-path.js';
import { canonicalAddress, type TransportAddress } from './address.js';
import { nextWakeMs, noteTraffic, stepAgent } from './agent/agent.js';
import {
  type AgentEffect,
  type AgentInput,
  type AgentState,
  currentGeneration,
  type LocalBase,
  newAgent,
} from './agent/agent-state.js';
import { newCredentials } from './agent/new-credentials.js';
import { WakeTimer } from './agent/wake-timer.js';
import { type Candidate, parseCandidate } from './candidates/candidate.js';
import { LocalCandidates } from './candidates/local-candidates.js';
import type { IceCredentials, IcePeer, IceState, RemoteIce } from './ice-types.js';
import { hmacSha1 } from './stun/hmac.js';
import { decodeStun, looksLikeStun, type ReceivedStun } from './stun/stun.js';

/** The shell's half of `LocalBase`: sending and closing. */
export interface BaseIo {
  send(bytes: Buffer, to: TransportAddress): void;
  path(to: TransportAddress): PacketPath;
  /** Datagrams from this address belong to this peer from now on. */
  verified(from: TransportAddress): void;
  close(): void;
}

export interface AgentShellOptions {
  readonly lite: boolean;
  readonly controlling: boolean;
  /** The first four bytes of all transaction ids; see UdpRoute. */
  readonly token: number;
  readonly clock: Clock;
  /** Makes shared sockets deliver requests for this ufrag. */
  routeUfrag(ufrag: string): Dispose;
  /** Finds server-reflexive and relay candidates; called once, and again when `follow` has found something new. */
  gather(): Promise<void>;
  /** Brings bases and host candidates in line with the addresses that the machine has now; true if there are new ones. */
  follow(): Promise<boolean>;
  /** Called with an error that ended this peer: a bug of ours, which must not end other peers. */
  onError(error: unknown): void;
  /** An IP address for an mDNS name, undefined if it cannot be found. */
  resolveMdns(name: string): Promise<string | undefined>;
  /** Releases what was acquired for this peer alone. */
  onClose(): void;
}

type PeerEvents = { candidate: Candidate; state: IceState; path: PacketPath | undefined; datagram: Buffer };

/** The shell around the agent: sockets in, effects out, one timer. Closing a peer closes its bases, never a shared socket. */
export class AgentShell implements IcePeer {
  readonly #options: AgentShellOptions;
  readonly #agent: AgentState;
  readonly #events = new Emitter<PeerEvents>();
  readonly #ios = new Map<string, BaseIo>();
  readonly #candidates = new LocalCandidates((candidate) =>
    this.#events.emit('candidate', { ...candidate, ufrag: this.local.ufrag }),
  );
  readonly #ufrags = new Map<string, Dispose>();
  readonly #answers = new Map<string, (message: ReceivedStun) => void>();
  readonly #effects: AgentEffect[] = [];
  readonly #held: Dispose[] = [];
  #performing = false;
  readonly #wake: WakeTimer;
  #path: PacketPath | undefined;
  #provisional: PacketPath | undefined;
  #gathering: Promise<void> | undefined;
  #following: Promise<void> | undefined;
  #closed = false;

  constructor(options: AgentShellOptions) {
    this.#options = options;
    this.#wake = new WakeTimer(options.clock, () => this.#input({ kind: 'tick' }));
    const local = newCredentials();
    this.#agent = newAgent({
      env: { hmac: hmacSha1, transactionId: () => this.transactionId(), random: Math.random },
      lite: options.lite,
      controlling: options.controlling,
      tieBreaker: randomBytes(8).readBigUInt64BE(0),
      local,
    });
    this.#ufrags.set(local.ufrag, options.routeUfrag(local.ufrag));
  }

  get local(): IceCredentials & { lite: boolean } {
    return { ...currentGeneration(this.#agent).local, lite: this.#options.lite };
  }

  get state(): IceState {
    return this.#agent.status;
  }

  get path(): PacketPath | undefined {
    return this.#path;
  }

  candidates(): readonly Candidate[] {
    const { ufrag } = this.local;
    return this.#candidates.sorted().map((candidate) => ({ ...candidate, ufrag }));
  }

  async gather(): Promise<void> {
    this.#gathering ??= this.#options.gather();
    await this.#gathering;
    await this.#following;
  }

  onCandidate(listener: (candidate: Candidate) => void): Dispose {
    return this.#events.on('candidate', listener);
  }

  onState(listener: (state: IceState) => void): Dispose {
    return this.#events.on('state', listener);
  }

  onPath(listener: (path: PacketPath | undefined) => void): Dispose {
    return this.#events.on('path', listener);
  }

  onDatagram(listener: (datagram: Buffer) => void): Dispose {
    return this.#events.on('datagram', listener);
  }

  setRemote(remote: RemoteIce): void {
    this.#input({ kind: 'remote', remote });
  }

  addRemoteCandidate(text: string | null): Result<void> {
    if (text === null || text.trim() === '') return ok(undefined);
    const parsed = parseCandidate(text);
    if (!parsed.ok) return parsed;
    const candidate = parsed.value;
    const address = canonicalAddress(candidate.address);
    if (address !== undefined) this.#input({ kind: 'remote-candidate', candidate: { ...candidate, address } });
    else if (candidate.address.endsWith('.local') && candidate.transport === 'udp') void this.#addMdns(candidate);
    return ok(undefined);
  }

  restart(): IceCredentials {
    const local = newCredentials();
    if (this.#closed) return local;
    this.#ufrags.set(local.ufrag, this.#options.routeUfrag(local.ufrag));
    this.#input({ kind: 'restart', local });
    this.#following = this.#follow();
    return local;
  }

  send(data: Uint8Array): void {
    // Before a pair is valid, an authenticated address may await an answer: to the browser's first DTLS flight.
    (this.#path ?? this.#provisional)?.send(data);
  }

  selectedPair(): { local: Candidate; remote: Candidate; rttMs: number | undefined } | undefined {
    const pair = this.#agent.selected;
    return pair && { local: pair.base.candidate, remote: pair.remote, rttMs: pair.rttMs };
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const hadPath = this.#path !== undefined;
    this.#path = undefined;
    // Before the sockets close: afterwards the descriptor may belong to another file.
    if (hadPath) this.#attempt(() => this.#events.emit('path', undefined));
    this.#provisional = undefined;
    this.#wake.cancel();
    for (const release of [...this.#ufrags.values(), ...this.#held]) release();
    for (const io of this.#ios.values()) io.close();
    this.#answers.clear();
    this.#options.onClose();
    this.#attempt(() => this.#perform(stepAgent(this.#agent, { kind: 'close' }, this.#options.clock.nowMs())));
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** A new transaction id, by which shared sockets route the answer to this peer. */
  transactionId(): Buffer {
    const id = randomBytes(12);
    id.writeUInt32BE(this.#options.token, 0);
    return id;
  }

  hasBase(baseId: string): boolean {
    return this.#ios.has(baseId);
  }

  /** Its own UDP sockets, the places from which a STUN server is asked. */
  udpHosts(): LocalBase[] {
    return [...this.#agent.bases.values()].filter(({ candidate }) => candidate.transport === 'udp' && candidate.type === 'host');
  }

  sendFrom(baseId: string, bytes: Buffer, to: TransportAddress): void {
    this.#ios.get(baseId)?.send(bytes, to);
  }

  addBase(base: LocalBase, io: BaseIo): void {
    if (this.#closed) {
      io.close();
      return;
    }
    this.#ios.set(base.id, io);
    this.#input({ kind: 'base', base });
  }

  removeBase(baseId: string): void {
    if (!this.#ios.delete(baseId)) return;
    this.#input({ kind: 'base-gone', baseId });
  }

  /** Sets the host candidates to the machine's present ones. */
  setHostCandidates(candidates: readonly Candidate[]): void {
    if (!this.#closed) this.#candidates.setHosts(candidates);
  }

  /** Advertises a local candidate, once. */
  addCandidate(candidate: Candidate): void {
    if (!this.#closed) this.#candidates.add(candidate);
  }

  /** Registers a release for the peer's close; calls it at once if the peer is closed already. */
  hold(release: Dispose): void {
    if (this.#closed) release();
    else this.#held.push(release);
  }

  /** The response to this transaction goes to `listener` instead of the agent (questions to STUN servers). */
  awaitAnswer(transactionId: Buffer, listener: (message: ReceivedStun) => void): Dispose {
    const key = transactionId.toString('latin1');
    this.#answers.set(key, listener);
    return once(() => this.#answers.delete(key));
  }

  /** Any datagram that came in on one of the bases. */
  receive(baseId: string, bytes: Buffer, address: string, port: number): void {
    if (!looksLikeStun(bytes)) {
      this.receiveOther(baseId, bytes, address, port);
      return;
    }
    const decoded = decodeStun(bytes);
    if (decoded.ok) this.receiveStun(baseId, decoded.value, address, port);
  }

  receiveStun(baseId: string, message: ReceivedStun, address: string, port: number): void {
    if (this.#closed) return;
    const answered = message.kind === 'request' ? undefined : this.#answers.get(message.transactionId.toString('latin1'));
    if (answered) answered(message);
    else this.#input({ kind: 'stun', baseId, from: { address, port }, message });
  }

  receiveOther(baseId: string, bytes: Buffer, address: string, port: number): void {
    if (this.#closed || !noteTraffic(this.#agent, baseId, address, port, this.#options.clock.nowMs())) return;
    if (this.#agent.status === 'disconnected') this.#input({ kind: 'tick' });
    this.#guarded(() => this.#events.emit('datagram', bytes));
  }

  /** Addresses may have appeared since the last generation: a restart advertises them. */
  async #follow(): Promise<void> {
    try {
      if (!(await this.#options.follow()) || this.#closed || !this.#gathering) return;
      this.#gathering = this.#options.gather();
      await this.#gathering;
    } catch (error) {
      this.#fail(error);
    }
  }

  async #addMdns(candidate: Candidate): Promise<void> {
    const address = await this.#options.resolveMdns(candidate.address);
    if (address !== undefined) this.#input({ kind: 'remote-candidate', candidate: { ...candidate, address } });
  }

  #input(input: AgentInput): void {
    if (this.#closed) return;
    this.#guarded(() => {
      const nowMs = this.#options.clock.nowMs();
      this.#perform(stepAgent(this.#agent, input, nowMs));
      if (!this.#closed) this.#wake.arm(nextWakeMs(this.#agent, nowMs), nowMs);
    });
  }

  /** Runs everything that packets and timers cause, the listeners of this peer included. */
  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (this.#closed) return;
    this.#options.onError(error);
    // The waiting effects belong to a state that cannot be trusted any more.
    this.#effects.length = 0;
    this.#attempt(() => this.#events.emit('state', 'failed'));
    this.close();
  }

  /** Runs one step of a clean-up; an error is reported and does not stop the next step. */
  #attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#options.onError(error);
    }
  }

  /** A listener may cause another input: its effects wait for those under way. */
  #perform(effects: readonly AgentEffect[]): void {
    this.#effects.push(...effects);
    if (this.#performing) return;
    this.#performing = true;
    try {
      for (let effect = this.#effects.shift(); effect; effect = this.#effects.shift()) this.#carryOut(effect);
    } finally {
      this.#performing = false;
    }
  }

  #carryOut(effect: AgentEffect): void {
    switch (effect.kind) {
      case 'send':
        this.#ios.get(effect.baseId)?.send(effect.bytes, effect.to);
        return;
      case 'verified': {
        const io = this.#ios.get(effect.baseId);
        io?.verified(effect.from);
        if (!this.#path) this.#provisional = io?.path(effect.from);
        return;
      }
      case 'path':
        this.#path = this.#closed ? undefined : effect.pair && this.#ios.get(effect.pair.base.id)?.path(effect.pair.remote);
        this.#provisional = undefined;
        this.#events.emit('path', this.#path);
        return;
      case 'state':
        this.#events.emit('state', effect.state);
        return;
      case 'generation-ended':
        this.#ufrags.get(effect.ufrag)?.();
        this.#ufrags.delete(effect.ufrag);
        return;
    }
  }
}

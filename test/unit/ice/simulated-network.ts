import { addressKey, type TransportAddress } from '../../../server/ice/address.js';
import { nextWakeMs, noteTraffic, stepAgent } from '../../../server/ice/agent/agent.js';
import { type AgentEffect, type AgentState, type LocalBase, newAgent, type Pair } from '../../../server/ice/agent/agent-state.js';
import { type Candidate, candidatePriority } from '../../../server/ice/candidates/candidate.js';
import type { IceState } from '../../../server/ice/ice-types.js';
import { hmacSha1 } from '../../../server/ice/stun/hmac.js';
import { decodeStun } from '../../../server/ice/stun/stun.js';

/** A small seeded generator; the same numbers on every run. */
export function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

interface Flight {
  readonly atMs: number;
  readonly from: TransportAddress;
  readonly to: TransportAddress;
  readonly bytes: Buffer;
}

/** Maps an inner address to an outer one; `symmetric` takes a new port per destination, and both let in only who was written to. */
export interface Nat {
  readonly outer: string;
  readonly symmetric?: boolean;
}

/** One agent in the simulated network with what it told the outside. */
export interface SimPeer {
  readonly agent: AgentState;
  readonly states: [atMs: number, state: IceState][];
  readonly paths: [atMs: number, pair: Pair | undefined][];
  readonly nat: Nat | undefined;
}

/** UDP between agents with delay, jitter, loss, NATs and cut links; time is stepped, nothing waits. */
export class SimulatedNetwork {
  nowMs = 0;
  delayMs = 10;
  jitterMs = 0;
  loss = 0;
  /** True: a datagram from this to that address is lost. */
  cut: (from: string, to: string) => boolean = () => false;
  readonly peers: SimPeer[] = [];
  sent = 0;
  readonly #random: () => number;
  readonly #flights: Flight[] = [];
  readonly #mappings = new Map<string, { inner: TransportAddress; allowed: Set<string> }>();
  #nextPort = 50_000;

  constructor(seed: number) {
    this.#random = mulberry32(seed);
  }

  add(options: { lite?: boolean; controlling: boolean; tieBreaker?: bigint; nat?: Nat; name: string }): SimPeer {
    const env = {
      hmac: hmacSha1,
      transactionId: () => Buffer.from(Array.from({ length: 12 }, () => Math.floor(this.#random() * 256))),
      random: this.#random,
    };
    const agent = newAgent({
      env,
      lite: options.lite ?? false,
      controlling: options.controlling,
      tieBreaker: options.tieBreaker ?? BigInt(Math.floor(this.#random() * 2 ** 50)),
      local: { ufrag: options.name, pwd: `${options.name}-password-of-24-chars` },
    });
    const peer: SimPeer = { agent, states: [], paths: [], nat: options.nat };
    this.peers.push(peer);
    return peer;
  }

  addBase(peer: SimPeer, address: string, port: number, extra: Partial<Candidate> = {}): LocalBase {
    const candidate = hostCandidate(address, port, extra);
    const base: LocalBase = { id: addressKey(address, port), candidate };
    this.input(peer, { kind: 'base', base });
    return base;
  }

  input(peer: SimPeer, input: Parameters<typeof stepAgent>[1]): void {
    this.#perform(peer, stepAgent(peer.agent, input, this.nowMs));
  }

  /** Exchanges credentials in both directions, at once. */
  introduce(a: SimPeer, b: SimPeer): void {
    this.tell(a, b);
    this.tell(b, a);
  }

  /** Tells `to` the newest credentials of `about`. */
  tell(to: SimPeer, about: SimPeer): void {
    const local = about.agent.generations[0]!.local;
    this.input(to, { kind: 'remote', remote: { ...local, lite: about.agent.lite } });
  }

  /** Runs until `condition` holds or `limitMs` have passed; returns the time that it took, Infinity if it never held. */
  runUntil(condition: () => boolean, limitMs: number): number {
    const startMs = this.nowMs;
    while (!condition()) {
      const wakes = this.peers.map((peer) => nextWakeMs(peer.agent, this.nowMs));
      const next = Math.min(...wakes, ...this.#flights.map((flight) => flight.atMs));
      if (next > startMs + limitMs) {
        this.nowMs = startMs + limitMs;
        return condition() ? limitMs : Number.POSITIVE_INFINITY;
      }
      this.nowMs = Math.max(this.nowMs + 0.01, next);
      this.#deliver();
      for (const [index, peer] of this.peers.entries()) {
        if (wakes[index]! <= this.nowMs) this.input(peer, { kind: 'tick' });
      }
    }
    return this.nowMs - startMs;
  }

  run(durationMs: number): void {
    this.runUntil(() => false, durationMs);
  }

  /** Sends a non-STUN datagram along the path of `peer`. */
  sendData(peer: SimPeer): void {
    const pair = peer.agent.selected;
    if (pair) this.#send(peer, pair.base.id, pair.remote, Buffer.from([0x80, 1, 2, 3]));
  }

  #perform(peer: SimPeer, effects: readonly AgentEffect[]): void {
    for (const effect of effects) {
      if (effect.kind === 'send') this.#send(peer, effect.baseId, effect.to, effect.bytes);
      if (effect.kind === 'state') peer.states.push([this.nowMs, effect.state]);
      if (effect.kind === 'path') peer.paths.push([this.nowMs, effect.pair]);
    }
  }

  #send(peer: SimPeer, baseId: string, to: TransportAddress, bytes: Buffer): void {
    this.sent++;
    const [address, port] = baseId.split('|') as [string, string];
    const from = { address, port: Number(port) };
    const outer = peer.nat ? this.#translate(peer.nat, from, to) : from;
    if (this.cut(address, to.address) || this.#random() < this.loss) return;
    this.#flights.push({ atMs: this.nowMs + this.delayMs + this.#random() * this.jitterMs, from: outer, to, bytes });
  }

  #translate(nat: Nat, from: TransportAddress, to: TransportAddress): TransportAddress {
    for (const [key, mapping] of this.#mappings) {
      const fits = mapping.inner.address === from.address && mapping.inner.port === from.port;
      if (!fits || (nat.symmetric && !mapping.allowed.has(addressKey(to.address, to.port)))) continue;
      mapping.allowed.add(addressKey(to.address, to.port));
      return { address: nat.outer, port: Number(key.split('|')[1]) };
    }
    const outer = { address: nat.outer, port: this.#nextPort++ };
    this.#mappings.set(addressKey(outer.address, outer.port), {
      inner: from,
      allowed: new Set([addressKey(to.address, to.port)]),
    });
    return outer;
  }

  #deliver(): void {
    const due = this.#flights.filter((flight) => flight.atMs <= this.nowMs).sort((a, b) => a.atMs - b.atMs);
    for (const flight of due) {
      this.#flights.splice(this.#flights.indexOf(flight), 1);
      const mapping = this.#mappings.get(addressKey(flight.to.address, flight.to.port));
      if (mapping && !mapping.allowed.has(addressKey(flight.from.address, flight.from.port))) continue;
      const inner = mapping?.inner ?? flight.to;
      const baseId = addressKey(inner.address, inner.port);
      const peer = this.peers.find((each) => each.agent.bases.has(baseId) && (!each.nat || mapping));
      if (!peer || this.cut(flight.from.address, inner.address)) continue;
      const message = decodeStun(flight.bytes);
      if (message.ok) this.input(peer, { kind: 'stun', baseId, from: flight.from, message: message.value });
      else noteTraffic(peer.agent, baseId, flight.from.address, flight.from.port, this.nowMs);
    }
  }
}

export function hostCandidate(address: string, port: number, extra: Partial<Candidate> = {}): Candidate {
  return {
    foundation: '1',
    component: 1,
    transport: 'udp',
    priority: candidatePriority(extra.type ?? 'host', 'udp', 65535, 1),
    address,
    port,
    type: 'host',
    ...extra,
  };
}

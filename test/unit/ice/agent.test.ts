import { describe, expect, test } from 'vitest';
import { nextWakeMs, noteTraffic, stepAgent } from '../../../server/ice/agent/agent.js';
import { hmacSha1 } from '../../../server/ice/stun/hmac.js';
import { decodeStun, encodeStun } from '../../../server/ice/stun/stun.js';
import { hostCandidate, type SimPeer, SimulatedNetwork } from './simulated-network.js';

const SERVER = '192.0.2.1';
const CLIENT = '198.51.100.7';

/** A server that controls and a client; the client's candidate is hidden as browsers do unless `tellClient`. */
function twoPeers(options: { seed?: number; lite?: boolean; tellClient?: boolean; nat?: SimPeer['nat'] } = {}) {
  const network = new SimulatedNetwork(options.seed ?? 7);
  const server = network.add({ name: 'srv1', controlling: true, lite: options.lite });
  const client = network.add({ name: 'cli1', controlling: options.lite ?? false, nat: options.nat });
  network.addBase(server, SERVER, 59000);
  network.addBase(client, CLIENT, 40000);
  network.introduce(server, client);
  network.input(client, { kind: 'remote-candidate', candidate: hostCandidate(SERVER, 59000) });
  if (options.tellClient) network.input(server, { kind: 'remote-candidate', candidate: hostCandidate(CLIENT, 40000) });
  return { network, server, client };
}

const connected = (...peers: SimPeer[]) => peers.every((peer) => peer.agent.status === 'connected');
const nominated = (peer: SimPeer) => peer.agent.generations[0]!.nominated;
const statesOf = (peer: SimPeer) => peer.states.map(([, state]) => state);

describe('coming up', () => {
  test('IA1 the first valid pair is the path: two round trips of 20 ms for a hidden client, one for a known one', () => {
    const hidden = twoPeers();
    expect(hidden.network.runUntil(() => connected(hidden.server), 1000)).toBeLessThanOrEqual(31);
    expect(statesOf(hidden.server)).toEqual(['checking', 'connected']);
    expect(hidden.server.paths.map(([, pair]) => pair?.remote.port)).toEqual([40000]);
    const known = twoPeers({ tellClient: true });
    expect(known.network.runUntil(() => connected(known.server), 1000)).toBeLessThanOrEqual(21);
  });

  test('IA2 the controlling side nominates at once when nothing better is being checked, and the other follows', () => {
    const { network, server, client } = twoPeers();
    network.runUntil(() => nominated(client) !== undefined, 1000);
    expect(network.nowMs).toBeLessThan(60);
    expect(nominated(server)?.remote.port).toBe(40000);
    expect(nominated(client)?.remote.port).toBe(59000);
  });

  test('IA3 ICE-lite answers and never asks; its path is there with the first check', () => {
    const { network, server, client } = twoPeers({ lite: true });
    expect(network.runUntil(() => connected(server), 1000)).toBeLessThanOrEqual(11);
    network.runUntil(() => nominated(server) !== undefined && nominated(client) !== undefined, 1000);
    expect(server.agent.generations[0]!.transactions.size).toBe(0);
    expect(server.agent.selected?.remote).toMatchObject({ address: CLIENT, type: 'prflx' });
  });

  test.each([
    ['both controlling', true],
    ['both controlled', false],
  ])('IA4 a role conflict is settled by the tie breaker: %s', (_name, controlling) => {
    const network = new SimulatedNetwork(3);
    const a = network.add({ name: 'aaaa', controlling, tieBreaker: 5n });
    const b = network.add({ name: 'bbbb', controlling, tieBreaker: 9n });
    network.addBase(a, SERVER, 1000);
    network.addBase(b, CLIENT, 2000);
    network.introduce(a, b);
    network.input(a, { kind: 'remote-candidate', candidate: hostCandidate(CLIENT, 2000) });
    network.input(b, { kind: 'remote-candidate', candidate: hostCandidate(SERVER, 1000) });
    network.runUntil(() => nominated(a) !== undefined && nominated(b) !== undefined, 5000);
    expect([a.agent.controlling, b.agent.controlling]).toEqual([false, true]);
    expect(connected(a, b)).toBe(true);
    expect(network.nowMs).toBeLessThan(300);
  });

  test('IA5 checks that come before the answer are answered, and ours go out with the credentials, also if candidates came first', () => {
    const network = new SimulatedNetwork(11);
    const server = network.add({ name: 'srv1', controlling: true });
    const client = network.add({ name: 'cli1', controlling: false });
    network.addBase(server, SERVER, 59000);
    network.addBase(client, CLIENT, 40000);
    network.input(server, { kind: 'remote-candidate', candidate: hostCandidate('203.0.113.3', 9, { ufrag: 'cli1' }) });
    network.tell(client, server);
    network.input(client, { kind: 'remote-candidate', candidate: hostCandidate(SERVER, 59000) });
    network.run(200);
    expect(connected(client)).toBe(true);
    expect(server.agent.status).toBe('checking');
    network.tell(server, client);
    expect(network.runUntil(() => connected(server), 1000)).toBeLessThanOrEqual(21);
    expect(server.agent.generations[0]!.remoteCandidates).toHaveLength(1);
  });

  test.each([
    ['client behind NAT', { outer: '203.0.113.50' }],
    ['client behind symmetric NAT', { outer: '203.0.113.50', symmetric: true }],
  ])('IA6 a peer-reflexive remote is learnt: %s', (_name, nat) => {
    const { network, server, client } = twoPeers({ nat });
    network.runUntil(() => connected(server, client) && nominated(client) !== undefined, 2000);
    expect(server.agent.selected?.remote).toMatchObject({ address: '203.0.113.50', type: 'prflx', ufrag: 'cli1' });
  });

  test('IA7 with 30% loss and reordering nearly all come up within two seconds, and all of them in the end', () => {
    const times = Array.from({ length: 60 }, (_, seed) => {
      const { network, server, client } = twoPeers({ seed: seed + 1 });
      network.loss = 0.3;
      network.jitterMs = 40;
      return network.runUntil(() => connected(server, client), 15_000);
    });
    expect(Math.max(...times)).toBeLessThan(15_000);
    expect(times.filter((time) => time < 2000).length).toBeGreaterThanOrEqual(55);
  });

  test('IA8 without any answer checking fails after 15 s, and a late way still connects', () => {
    const { network, server } = twoPeers({ tellClient: true });
    network.cut = () => true;
    network.run(14_900);
    expect(server.agent.status).toBe('checking');
    network.run(200);
    expect(server.agent.status).toBe('failed');
    network.cut = () => false;
    network.peers[1]!.agent.generations[0]!.pairs.forEach((pair) => {
      pair.phase = { kind: 'waiting' };
    });
    network.input(network.peers[1]!, { kind: 'tick' });
    network.runUntil(() => connected(server), 2000);
    expect(connected(server)).toBe(true);
  });

  test('IA9 first checks are paced 10 ms apart and a list of candidates is bounded', () => {
    const network = new SimulatedNetwork(1);
    const server = network.add({ name: 'srv1', controlling: true });
    const client = network.add({ name: 'cli1', controlling: false });
    network.addBase(server, SERVER, 59000);
    network.tell(server, client);
    for (let i = 0; i < 500; i++) {
      network.input(server, { kind: 'remote-candidate', candidate: hostCandidate('203.0.113.9', 1000 + i) });
    }
    expect(server.agent.generations[0]!.pairs.size).toBe(60);
    network.run(95);
    expect(network.sent).toBeLessThanOrEqual(11);
  });
});

describe('staying up', () => {
  test('IA10 consent is asked for every two seconds, and silence tells: disconnected after 4 s, failed after 35 s', () => {
    const { network, server } = twoPeers();
    network.run(20_000);
    expect(statesOf(server)).toEqual(['checking', 'connected']);
    network.sent = 0;
    network.run(60_000);
    expect(network.sent).toBeLessThan(200);
    network.cut = () => true;
    const silentFrom = network.nowMs;
    network.run(40_000);
    const [disconnected, failed] = server.states.slice(2);
    expect(disconnected?.[1]).toBe('disconnected');
    expect(disconnected![0] - silentFrom).toBeGreaterThan(1500);
    expect(disconnected![0] - silentFrom).toBeLessThanOrEqual(4020);
    expect(failed?.[1]).toBe('failed');
    expect(failed![0] - silentFrom).toBeGreaterThan(32_000);
    const lost = server.paths.at(-1)!;
    expect(lost[1]).toBeUndefined();
    expect(lost[0] - silentFrom).toBeLessThanOrEqual(30_020);
  });

  test('IA11 a network that is gone for 30 s comes back by itself: full ICE probes every 200 ms, lite waits for the other side', () => {
    for (const [lite, goneMs] of [6000, 17_300, 30_000].flatMap((ms) => [[false, ms] as const, [true, ms] as const])) {
      const { network, server, client } = twoPeers({ lite });
      network.run(5000);
      network.cut = () => true;
      network.run(goneMs);
      network.cut = () => false;
      expect(
        network.runUntil(() => connected(server, client), 5000),
        `${lite} ${goneMs}`,
      ).toBeLessThan(300);
      expect(statesOf(server)).toEqual(['checking', 'connected', 'disconnected', 'connected']);
      expect(client.agent.status).toBe('connected');
    }
  });

  test('IA12 other datagrams count as signs of life, from proven addresses only', () => {
    const { network, server, client } = twoPeers();
    network.run(3000);
    const base = server.agent.selected!.base.id;
    expect(noteTraffic(server.agent, base, CLIENT, 40000, network.nowMs)).toBe(true);
    expect(noteTraffic(server.agent, base, CLIENT, 40001, network.nowMs)).toBe(false);
    network.cut = (_from, to) => to === CLIENT;
    for (let i = 0; i < 20; i++) {
      network.sendData(client);
      network.run(500);
    }
    expect(statesOf(server)).toEqual(['checking', 'connected']);
  });

  test('IA13 with 20% loss the state does not flap', () => {
    const { network, server, client } = twoPeers({ seed: 5 });
    network.run(1000);
    network.loss = 0.2;
    network.run(120_000);
    expect(statesOf(server)).toEqual(['checking', 'connected']);
    expect(statesOf(client)).toEqual(['checking', 'connected']);
  });

  test('IA14 a second valid pair takes over within two seconds when the path goes silent', () => {
    const network = new SimulatedNetwork(21);
    const server = network.add({ name: 'srv1', controlling: true });
    const client = network.add({ name: 'cli1', controlling: false });
    network.addBase(server, SERVER, 59000);
    network.addBase(client, CLIENT, 40000);
    network.addBase(client, '198.51.100.99', 40000, { priority: 2_130_706_000 });
    network.introduce(server, client);
    network.input(client, { kind: 'remote-candidate', candidate: hostCandidate(SERVER, 59000) });
    network.run(8000);
    const first = server.agent.selected!.remote.address;
    network.cut = (from, to) => from === first || to === first;
    const took = network.runUntil(() => server.agent.selected?.remote.address !== first, 10_000);
    expect(took).toBeLessThan(5000);
    network.runUntil(() => client.agent.selected?.base.candidate.address !== first, 3000);
    expect(client.agent.selected?.base.candidate.address).not.toBe(first);
    expect(statesOf(server)).toEqual(['checking', 'connected']);
  });

  test('IA15 a nominated relay gives way to a direct pair, but equal ways do not take turns', () => {
    const network = new SimulatedNetwork(31);
    const server = network.add({ name: 'srv1', controlling: true });
    const client = network.add({ name: 'cli1', controlling: false });
    network.addBase(server, '203.0.113.77', 61000, { type: 'relay', priority: 100 });
    network.addBase(client, CLIENT, 40000);
    network.introduce(server, client);
    network.input(server, { kind: 'remote-candidate', candidate: hostCandidate(CLIENT, 40000) });
    network.runUntil(() => nominated(client) !== undefined, 1000);
    network.addBase(server, SERVER, 59000);
    network.run(500);
    expect(server.agent.selected?.base.candidate.type).toBe('host');
    network.addBase(server, '192.0.2.2', 59000);
    network.run(30_000);
    expect(server.paths.map(([, pair]) => pair?.base.candidate.type)).toEqual(['relay', 'host']);
  });
});

describe('restart and roaming', () => {
  test('IA16 an ICE restart keeps the old path until the new generation has its own', () => {
    for (const lite of [false, true]) {
      const { network, server, client } = twoPeers({ lite });
      network.run(1000);
      network.input(server, { kind: 'restart', local: { ufrag: 'srv2', pwd: 'second-password-of-24-chars' } });
      network.run(20_000);
      expect(statesOf(server)).toEqual(['checking', 'connected']);
      expect(server.agent.generations).toHaveLength(2);
      network.input(client, { kind: 'restart', local: { ufrag: 'cli2', pwd: 'second-password-of-24-client' } });
      network.introduce(server, client);
      network.input(client, { kind: 'remote-candidate', candidate: hostCandidate(SERVER, 59000, { ufrag: 'srv2' }) });
      network.runUntil(() => server.agent.generations.length === 1 && client.agent.generations.length === 1, 2000);
      expect(server.agent.generations.map((each) => each.local.ufrag)).toEqual(['srv2']);
      network.run(20_000);
      expect(statesOf(server)).toEqual(['checking', 'connected']);
      expect(server.paths.every(([, pair]) => pair !== undefined)).toBe(true);
    }
  });

  test('IA17 a client that moves to another address is followed without a restart', () => {
    for (const lite of [false, true]) {
      const { network, server, client } = twoPeers({ lite });
      network.run(10_000);
      network.input(client, { kind: 'base-gone', baseId: `${CLIENT}|40000` });
      network.addBase(client, '203.0.113.200', 41000);
      const took = network.runUntil(() => server.agent.selected?.remote.address === '203.0.113.200', 10_000);
      expect(took, lite ? 'lite' : 'full').toBeLessThan(lite ? 1000 : 1600);
      expect(client.agent.selected?.base.candidate.address).toBe('203.0.113.200');
    }
  });

  test('IA18 a failed agent comes back by a restart from both sides', () => {
    const { network, server, client } = twoPeers();
    network.run(1000);
    network.cut = () => true;
    network.run(60_000);
    expect(server.agent.status).toBe('failed');
    network.cut = () => false;
    network.input(server, { kind: 'restart', local: { ufrag: 'srv2', pwd: 'second-password-of-24-chars' } });
    network.input(client, { kind: 'restart', local: { ufrag: 'cli2', pwd: 'second-password-of-24-client' } });
    network.introduce(server, client);
    network.input(client, { kind: 'remote-candidate', candidate: hostCandidate(SERVER, 59000) });
    expect(network.runUntil(() => connected(server, client), 2000)).toBeLessThan(100);
  });
});

test('IA9 a client that shows a hundred addresses leaves room for the next', () => {
  for (const lite of [false, true]) {
    const { network, server, client } = twoPeers({ lite });
    network.run(2000);
    for (let i = 0; i < 120; i++) {
      network.input(client, { kind: 'base-gone', baseId: [...client.agent.bases.keys()][0]! });
      network.addBase(client, '203.0.113.200', 41_000 + i);
      network.run(200);
    }
    network.run(5000);
    expect(server.agent.generations[0]!.pairs.size).toBeLessThanOrEqual(100);
    expect(server.agent.selected?.remote.port).toBe(41_119);
  }
});

describe('what is refused', () => {
  const request = (username: string, password: string, attributes = {}) => {
    const read = decodeStun(
      encodeStun(
        {
          kind: 'request',
          method: 'binding',
          transactionId: Buffer.alloc(12, 1),
          attributes: { username, priority: 1, iceControlled: 1n, ...attributes },
        },
        { key: Buffer.from(password), hmac: hmacSha1 },
      ),
    );
    if (!read.ok) throw new Error(read.error);
    return read.value;
  };

  test.each([
    ['a wrong password', request('srv1:cli1', 'wrong')],
    ['a foreign ufrag', request('other:cli1', 'srv1-password-of-24-chars')],
  ])('IA19 a check with %s gets no answer and leaves no trace', (_name, message) => {
    const { network, server } = twoPeers();
    const from = { address: '203.0.113.66', port: 6 };
    const effects = stepAgent(server.agent, { kind: 'stun', baseId: `${SERVER}|59000`, from, message }, network.nowMs);
    expect(effects).toEqual([]);
    expect(server.agent.generations[0]!.pairs.size).toBe(0);
  });

  test('IA19 a response that does not fit a check, its address or our password is ignored', () => {
    const { network, server } = twoPeers({ tellClient: true });
    const sent = [...server.agent.generations[0]!.transactions.keys()][0]!;
    const answer = (key: string, transactionId: Buffer) => {
      const bytes = encodeStun(
        { kind: 'success', method: 'binding', transactionId, attributes: {} },
        { key: Buffer.from(key), hmac: hmacSha1 },
      );
      const read = decodeStun(bytes);
      if (!read.ok) throw new Error(read.error);
      return read.value;
    };
    const id = Buffer.from(sent, 'latin1');
    const baseId = `${SERVER}|59000`;
    for (const [from, message] of [
      [{ address: CLIENT, port: 40001 }, answer('cli1-password-of-24-chars', id)],
      [{ address: CLIENT, port: 40000 }, answer('wrong', id)],
      [{ address: CLIENT, port: 40000 }, answer('cli1-password-of-24-chars', Buffer.alloc(12))],
    ] as const) {
      stepAgent(server.agent, { kind: 'stun', baseId, from, message }, network.nowMs);
      expect(server.agent.selected).toBeUndefined();
    }
    const right = { baseId, from: { address: CLIENT, port: 40000 }, message: answer('cli1-password-of-24-chars', id) };
    stepAgent(server.agent, { kind: 'stun', ...right }, network.nowMs);
    expect(server.agent.selected?.remote.port).toBe(40000);
  });

  test('IA20 after close nothing is done any more', () => {
    const { network, server } = twoPeers();
    network.run(500);
    network.input(server, { kind: 'close' });
    expect(stepAgent(server.agent, { kind: 'tick' }, network.nowMs + 5000)).toEqual([]);
    expect(nextWakeMs(server.agent, network.nowMs)).toBe(Number.POSITIVE_INFINITY);
    expect(statesOf(server).at(-1)).toBe('closed');
  });
});

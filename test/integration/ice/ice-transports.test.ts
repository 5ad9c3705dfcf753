import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readdirSync, readlinkSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { formatCandidate } from '../../../server/ice/candidates/candidate.js';
import { createIceTransports } from '../../../server/ice/ice-transports.js';
import type { IcePeer, IceTransports, IceTransportsOptions } from '../../../server/ice/ice-types.js';
import { ICE_LIMITS } from '../../../server/ice/limits.js';
import { FrameReader, frameTcp } from '../../../server/ice/sockets/frame-reader.js';
import { openTcpMux, type TcpRoute } from '../../../server/ice/sockets/tcp-mux.js';
import { openUdpMux } from '../../../server/ice/sockets/udp-mux.js';
import { decodeStun, encodeStun } from '../../../server/ice/stun/stun.js';
import { openStunServer } from '../../../server/ice/stun/stun-server.js';
import { systemClock } from '../../../server/lib/clock.js';
import { waitFor } from '../../support/wait-for.js';
import { rawClient } from './raw-client.js';

const warnings: string[] = [];
const log = {
  debug() {},
  info() {},
  warn(fields: object, message: string) {
    warnings.push(`${message} ${JSON.stringify(fields)}`);
  },
  error() {},
};
const open: { close(): unknown }[] = [];

afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
  warnings.length = 0;
});

async function transports(options: Partial<IceTransportsOptions>): Promise<IceTransports> {
  const made = await createIceTransports({ udp: { kind: 'off' }, tcp: { kind: 'off' }, clock: systemClock, log, ...options });
  if (!made.ok) throw new Error(made.error);
  open.push(made.value);
  return made.value;
}

async function peerOf(ice: IceTransports, options: Parameters<IceTransports['createPeer']>[0] = {}): Promise<IcePeer> {
  const made = await ice.createPeer({ clientAddress: '127.0.0.1', ...options });
  if (!made.ok) throw new Error(made.error);
  return made.value;
}

/** Descriptors of sockets that this process holds. */
function openSockets(): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith('socket:');
    } catch {
      return false;
    }
  }).length;
}

/** Introduces two peers as signalling would, candidates last. */
function introduce(a: IcePeer, b: IcePeer): void {
  a.setRemote(b.local);
  b.setRemote(a.local);
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const)
    for (const candidate of from.candidates()) to.addRemoteCandidate(formatCandidate(candidate));
}

const MUX = { udp: { kind: 'mux', port: 0 } } as const;
const RANGE = { udp: { kind: 'range', minPort: 41_000, maxPort: 41_999 } } as const;

describe('two agents over real sockets', () => {
  test.each([
    ['range', RANGE, false],
    ['UDP mux', MUX, false],
    ['UDP mux, ICE-lite', MUX, true],
  ] as const)('IT1 connects within 300 ms and carries datagrams both ways: %s', async (_name, options, lite) => {
    const server = await peerOf(await transports(options), { lite });
    const client = await peerOf(await transports(RANGE), { controlling: lite });
    const got: string[] = [];
    server.onDatagram((bytes) => got.push(`server ${bytes}`));
    client.onDatagram((bytes) => got.push(`client ${bytes}`));
    const states: string[] = [];
    server.onState((state) => states.push(state));
    const paths: string[] = [];
    server.onPath((path) => paths.push(path?.kind ?? 'none'));
    expect(server.candidates()[0]?.address).toBe('127.0.0.1');
    introduce(server, client);
    const startMs = performance.now();
    await waitFor(() => server.state === 'connected' && client.state === 'connected');
    expect(performance.now() - startMs).toBeLessThan(300);
    server.send(Buffer.from('\x80hello'));
    client.send(Buffer.from('\x80world'));
    await waitFor(() => got.length === 2);
    expect(got.sort()).toEqual(['client \x80hello', 'server \x80world']);
    expect(states).toEqual(['checking', 'connected']);
    expect(paths[0]).toBe('udp');
    const path = server.path;
    expect(path?.kind === 'udp' && path.fd).toBeGreaterThan(2);
    expect(server.selectedPair()).toMatchObject({ local: { type: 'host' }, remote: { transport: 'udp' } });
    client.close();
    server.close();
    expect(server.state).toBe('closed');
    expect(paths.at(-1)).toBe('none');
  });

  test('IT2 many peers share the UDP mux port, each hears its own datagrams, and the port routes nothing after close', async () => {
    const mux = await transports(MUX);
    const clients = await transports(RANGE);
    const pairs = await Promise.all(
      Array.from({ length: 20 }, async () => ({
        server: await peerOf(mux),
        client: await peerOf(clients, { controlling: false }),
      })),
    );
    const heard = pairs.map(({ server }) => {
      const texts = new Set<string>();
      server.onDatagram((bytes) => texts.add(bytes.toString()));
      return texts;
    });
    for (const { server, client } of pairs) introduce(server, client);
    await waitFor(() => pairs.every(({ server, client }) => server.state === 'connected' && client.state === 'connected'));
    for (const [i, { client }] of pairs.entries()) client.send(Buffer.from(`\x80${i}`));
    await waitFor(() => heard.every((texts) => texts.size === 1));
    expect(heard.map((texts) => [...texts][0])).toEqual(pairs.map((_, i) => `\x80${i}`));
    expect(new Set(pairs.map(({ server }) => server.selectedPair()?.local.port)).size).toBe(1);
    for (const { server } of pairs) server.close();
    pairs[0]!.client.send(Buffer.from('\x80late'));
    expect(heard[0]!.size).toBe(1);
  });

  test('IT2 sockets follow the addresses of the machine, and a peer loses the path that is gone before it closes', async () => {
    const made = await openUdpMux({ port: 0, addresses: ['127.0.0.1'], answerPlainStun: false, clock: systemClock, log });
    if (!made.ok) throw new Error(made.error);
    const mux = made.value;
    open.push(mux);
    const gone: string[] = [];
    const leave = mux.register({
      token: 1,
      onStun: () => undefined,
      onDatagram: () => undefined,
      onGone: ({ address }) => gone.push(address),
    });
    await mux.follow(['127.0.0.2', '192.0.2.254']);
    expect(gone).toEqual(['127.0.0.1']);
    expect(mux.sockets().map(({ address, port }) => `${address} ${port}`)).toEqual([`127.0.0.2 ${mux.port}`]);
    expect(warnings.join()).toContain('192.0.2.254');
    leave();
    await mux.follow(['127.0.0.1']);
    expect(gone).toHaveLength(1);
    const none = await openUdpMux({ port: 0, addresses: ['192.0.2.254'], answerPlainStun: false, clock: systemClock, log });
    expect(none.ok ? '' : none.error).toContain('this machine does not have the address');
  });

  test('IT24 of many addresses that prove themselves as one viewer, the one silent longest is forgotten', async () => {
    const made = await openUdpMux({ port: 0, addresses: ['127.0.0.1'], answerPlainStun: false, clock: systemClock, log });
    if (!made.ok) throw new Error(made.error);
    const mux = made.value;
    open.push(mux);
    const heard: string[] = [];
    const route = {
      token: 1,
      onStun: () => undefined,
      onDatagram: (_socket: unknown, bytes: Buffer) => heard.push(bytes.toString()),
      onGone: () => undefined,
    };
    const [early, late] = await Promise.all(
      [0, 1].map(async () => {
        const client = createSocket('udp4');
        open.push(client);
        await new Promise<void>((resolve) => client.bind(0, '127.0.0.1', resolve));
        return client;
      }),
    );
    const [socket] = mux.sockets();
    const bind = (port: number, address = '127.0.0.1') => mux.bind(socket!, address, port, route);
    const say = (client: typeof early, text: string) => client!.send(`\x80${text}`, mux.port, '127.0.0.1');
    bind(early!.address().port);
    for (let port = 1; port < ICE_LIMITS.boundAddresses.value; port++) bind(port, '192.0.2.1');
    say(early, 'known');
    await waitFor(() => heard.length === 1);
    bind(late!.address().port);
    say(early, 'forgotten');
    say(late, 'known');
    await waitFor(() => heard.length === 2);
    expect(heard).toEqual(['\x80known', '\x80known']);
  });

  test('IT3 a restart keeps the path, and the new generation takes over', async () => {
    const server = await peerOf(await transports(MUX));
    const client = await peerOf(await transports(RANGE), { controlling: false });
    introduce(server, client);
    await waitFor(() => server.state === 'connected' && client.state === 'connected');
    const before = server.local.ufrag;
    const states: string[] = [];
    server.onState((state) => states.push(state));
    expect(server.restart().ufrag).not.toBe(before);
    expect(server.path).toBeDefined();
    expect(server.candidates()[0]?.ufrag).toBe(server.local.ufrag);
    client.restart();
    let moved = 0;
    server.onPath(() => moved++);
    introduce(server, client);
    await waitFor(() => moved > 0);
    expect(states).toEqual([]);
  });
});

describe('raw STUN against the mux', () => {
  test('IT4 a hidden browser is found by its own checks, also those that come before the answer', async () => {
    const ice = await transports(MUX);
    const server = await peerOf(ice);
    const wire = createSocket('udp4');
    open.push(wire);
    const { port, address } = server.candidates()[0]!;
    const client = rawClient({ server: server.local, transmit: (bytes) => wire.send(bytes, port, address) });
    wire.on('message', (bytes) => client.receive(bytes));
    client.check();
    await waitFor(() => client.answered === 1);
    expect(server.state).toBe('checking');
    server.send(Buffer.from('\x16early answer'));
    await waitFor(() => client.received.length === 1);
    server.setRemote({ ...client.local, lite: false });
    await waitFor(() => server.state === 'connected');
    expect(server.selectedPair()?.remote.type).toBe('prflx');
  });

  test('IT5 plain binding requests are answered, and can be switched off', async () => {
    for (const answerPlainStun of [true, false]) {
      const ice = await transports({ ...MUX, answerPlainStun });
      const { port } = ice.listening().find(({ address }) => address === '127.0.0.1')!;
      const wire = createSocket('udp4');
      open.push(wire);
      const answers: string[] = [];
      wire.on('message', (bytes) => {
        const read = decodeStun(bytes);
        if (read.ok) answers.push(`${read.value.attributes.xorMappedAddress?.port}`);
      });
      await new Promise<void>((resolve) => wire.bind(0, '127.0.0.1', resolve));
      wire.send(
        encodeStun({ kind: 'request', method: 'binding', transactionId: Buffer.alloc(12, 1), attributes: {} }),
        port,
        '127.0.0.1',
      );
      if (answerPlainStun) await waitFor(() => answers.length === 1);
      // A peer's round trip on the same socket shows that the request has been seen.
      const server = await peerOf(ice);
      const client = rawClient({ server: server.local, transmit: (bytes) => wire.send(bytes, port, '127.0.0.1') });
      wire.on('message', (bytes) => client.receive(bytes));
      client.check();
      await waitFor(() => client.answered > 0);
      expect(answers.filter((each) => each === `${wire.address().port}`).length).toBe(answerPlainStun ? 2 : 1);
    }
  });

  test('IT5 the built-in STUN server answers, and only so often', async () => {
    const made = await openStunServer({ address: '127.0.0.1', port: 0, clock: { ...systemClock, nowMs: () => 0 } });
    if (!made.ok) throw new Error(made.error);
    open.push(made.value);
    const wire = createSocket('udp4');
    open.push(wire);
    let answers = 0;
    wire.on('message', () => answers++);
    const request = encodeStun({ kind: 'request', method: 'binding', transactionId: Buffer.alloc(12, 1), attributes: {} });
    for (let i = 0; i < 100; i++) wire.send(request, made.value.port, '127.0.0.1');
    await waitFor(() => answers === 40);
    const taken = await openStunServer({ address: '127.0.0.1', port: made.value.port, clock: systemClock });
    expect(taken.ok ? '' : taken.error).toContain('NEKO_WEBRTC_STUN_BIND');
    expect(answers).toBe(40);
  });

  test('IT6 10,000 malformed datagrams: no crash, no answer, memory flat, the others undisturbed', async () => {
    const ice = await transports(MUX);
    const server = await peerOf(ice);
    const client = await peerOf(await transports(RANGE), { controlling: false });
    introduce(server, client);
    await waitFor(() => server.state === 'connected' && client.state === 'connected');
    const states: string[] = [];
    server.onState((state) => states.push(state));
    const { port, address } = server.candidates()[0]!;
    const wire = createSocket('udp4');
    open.push(wire);
    let answers = 0;
    wire.on('message', () => answers++);
    const good = encodeStun({
      kind: 'request',
      method: 'binding',
      transactionId: Buffer.alloc(12, 3),
      attributes: { username: `${server.local.ufrag}:x`, priority: 1 },
    });
    const send = async (count: number) => {
      for (let i = 0; i < count; i++) {
        const bytes = Buffer.from(good);
        bytes[(i * 7) % bytes.length]! ^= 1 << (i % 8);
        wire.send(i % 3 === 0 ? bytes.subarray(0, i % bytes.length) : bytes, port, address);
        if (i % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
    };
    await send(2000);
    const before = process.memoryUsage().heapUsed;
    await send(10_000);
    const heard = new Promise((resolve) => server.onDatagram(resolve));
    const resend = setInterval(() => client.send(Buffer.from('\x80still here')), 20);
    await heard;
    clearInterval(resend);
    expect(answers).toBe(0);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(60e6);
    expect(states).toEqual([]);
  });
});

describe('ICE-TCP', () => {
  function tcpClient(port: number, server: IcePeer, over = createConnection(port, '127.0.0.1')) {
    open.push({ close: () => over.destroy() });
    const client = rawClient({ server: server.local, transmit: (bytes) => over.write(frameTcp(bytes)) });
    const reader = new FrameReader();
    over.on('data', (chunk: Buffer) => {
      for (const each of reader.push(chunk)) client.receive(each);
    });
    over.on('error', () => undefined);
    return { client, socket: over };
  }

  test('IT7 the TCP mux carries datagrams as frames; its end is noticed at once and another connection repairs it', async () => {
    const ice = await transports({ tcp: { kind: 'mux', port: 0 } });
    const server = await peerOf(ice);
    const candidate = server.candidates()[0]!;
    expect(formatCandidate(candidate)).toMatch(/^candidate:\d+ 1 tcp \d+ 127\.0\.0\.1 \d+ typ host tcptype passive ufrag \S+$/);
    const got: string[] = [];
    server.onDatagram((bytes) => got.push(bytes.toString()));
    const first = tcpClient(candidate.port, server);
    first.client.check();
    server.setRemote({ ...first.client.local, lite: false });
    await waitFor(() => server.state === 'connected');
    expect(server.path?.kind).toBe('stream');
    server.send(Buffer.from('\x80to you'));
    first.socket.write(frameTcp(Buffer.from('\x80to me')));
    await waitFor(() => first.client.received.length === 1 && got.length === 1);
    first.socket.destroy();
    await waitFor(() => server.state === 'disconnected');
    expect(server.path).toBeUndefined();
    const second = tcpClient(candidate.port, server);
    second.client.check();
    await waitFor(() => server.state === 'connected');
  });

  test('IT8 a connection that names no peer, or speaks something else, is closed', async () => {
    const ice = await transports({ tcp: { kind: 'mux', port: 0 } });
    const server = await peerOf(ice);
    const { port } = server.candidates()[0]!;
    for (const bytes of [
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
      frameTcp(Buffer.alloc(30)),
      frameTcp(
        encodeStun({ kind: 'request', method: 'binding', transactionId: Buffer.alloc(12), attributes: { username: 'no:one' } }),
      ),
      Buffer.from([0x40, 0x00]),
    ]) {
      const socket = createConnection(port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.write(bytes);
      await once(socket, 'close');
    }
  });

  test('IT8 a connection that says nothing, or never proves itself, is closed after 30 s', async () => {
    const timers: { atMs: number; action: () => void }[] = [];
    const clock = {
      nowMs: () => 0,
      after(atMs: number, action: () => void) {
        const timer = { atMs, action };
        timers.push(timer);
        return () => void timers.splice(timers.indexOf(timer), 1);
      },
    };
    const made = await openTcpMux({ listen: true, port: 0, clock });
    if (!made.ok) throw new Error(made.error);
    open.push(made.value);
    let kept = 0;
    const route: TcpRoute = {
      onConnection(connection) {
        if (kept++ === 0) connection.keep();
        return { onFrame: () => undefined, onClose: () => undefined };
      },
    };
    made.value.registerUfrag('here', route);
    const named = frameTcp(
      encodeStun({ kind: 'request', method: 'binding', transactionId: Buffer.alloc(12), attributes: { username: 'here:x' } }),
    );
    const sockets = [named, named, Buffer.alloc(1)].map((bytes) => {
      const socket = createConnection(made.value.port, '127.0.0.1', () => socket.write(bytes));
      socket.on('error', () => undefined);
      open.push({ close: () => socket.destroy() });
      return socket;
    });
    await waitFor(() => kept === 2 && timers.length === 2);
    for (const { atMs, action } of [...timers]) {
      expect(atMs).toBe(30_000);
      action();
    }
    await waitFor(() => sockets.filter((socket) => socket.closed).length === 2);
    expect(sockets.filter((socket) => !socket.closed)).toHaveLength(1);
  });

  test('IT18 silent connections of one address make room for each other, and for a viewer that shares it', async () => {
    const ice = await transports({ tcp: { kind: 'mux', port: 0 } });
    const server = await peerOf(ice);
    const { port } = server.candidates()[0]!;
    const connect = async (localAddress: string) => {
      const socket = createConnection({ port, host: '127.0.0.1', localAddress });
      socket.on('error', () => undefined);
      open.push({ close: () => socket.destroy() });
      await once(socket, 'connect');
      return socket;
    };
    const neighbour = await connect('127.0.0.3');
    const silent: Awaited<ReturnType<typeof connect>>[] = [];
    for (let i = 0; i < 20; i++) silent.push(await connect('127.0.0.1'));
    await waitFor(() => silent.filter((socket) => socket.closed).length === 4);
    const { client, socket } = tcpClient(port, server);
    client.check();
    server.setRemote({ ...client.local, lite: false });
    await waitFor(() => server.state === 'connected');
    for (let i = 0; i < 20; i++) silent.push(await connect('127.0.0.1'));
    await waitFor(() => silent.filter((each) => each.closed).length === 24);
    expect([neighbour.closed, socket.closed, server.state]).toEqual([false, false, 'connected']);
  });

  test('IT9 a connection accepted by another listener is taken over with its first bytes', async () => {
    const ice = await transports({ tcp: { kind: 'shared', port: 8080 } });
    const shared = createServer((socket) => socket.once('data', (bytes: Buffer) => ice.acceptTcp(socket, bytes)));
    await new Promise<void>((resolve) => shared.listen(0, '127.0.0.1', resolve));
    open.push(shared);
    const server = await peerOf(ice);
    expect(server.candidates()[0]?.port).toBe(8080);
    const address = shared.address();
    const { client } = tcpClient(typeof address === 'object' && address ? address.port : 0, server);
    client.check();
    server.setRemote({ ...client.local, lite: false });
    await waitFor(() => server.state === 'connected');
  });
});

describe('ports and faults', () => {
  test('IT10 ports of the range come back: 1,000 joins on 20 ports leave no socket open', async () => {
    const ice = await transports({ udp: { kind: 'range', minPort: 13_100, maxPort: 13_119 }, filters: { ips: ['127.0.0.1'] } });
    const clients = await transports(RANGE);
    const used = new Set<number>();
    const before = openSockets();
    for (let round = 0; round < 100; round++) {
      // Half of the range at once, and one of them gets as far as a connection.
      const peers = await Promise.all(Array.from({ length: 10 }, () => peerOf(ice)));
      for (const peer of peers) used.add(peer.candidates()[0]!.port);
      const client = await peerOf(clients, { controlling: false });
      introduce(peers[0]!, client);
      await waitFor(() => peers[0]!.state === 'connected' && client.state === 'connected');
      for (const peer of [...peers, client]) peer.close();
    }
    expect(used.size).toBeGreaterThan(15);
    await waitFor(() => openSockets() <= before);
  });

  test('IT10 a range that other programs hold is a clear error that can be shown, and its ports are used once they are free', async () => {
    const others = await Promise.all(
      [13_210, 13_211].map(async (port) => {
        const other = createSocket('udp4');
        await new Promise<void>((resolve) => other.bind(port, '127.0.0.1', resolve));
        return other;
      }),
    );
    const ice = await transports({ udp: { kind: 'range', minPort: 13_210, maxPort: 13_211 }, filters: { ips: ['127.0.0.1'] } });
    const made = await ice.createPeer({ clientAddress: '127.0.0.1' });
    expect(made.ok ? '' : made.error).toBe(
      'The server has no port for a viewer: other programs hold all of 13210-13211 (NEKO_WEBRTC_EPR).',
    );
    expect(warnings.join()).toContain('no UDP port on 127.0.0.1: other programs hold all of 13210-13211 (NEKO_WEBRTC_EPR)');
    await new Promise<void>((resolve) => others[1]!.close(resolve));
    const peers = [await peerOf(ice), await peerOf(ice)];
    expect(peers.map((peer) => peer.candidates()[0]!.port)).toEqual([13_211, 13_211]);
    await new Promise<void>((resolve) => others[0]!.close(resolve));
  });

  test('IT22 peers beyond the range share its ports, each gets only its own datagrams, and a port closes with its last peer', async () => {
    const before = openSockets();
    const ice = await transports({ udp: { kind: 'range', minPort: 13_200, maxPort: 13_201 }, filters: { ips: ['127.0.0.1'] } });
    const clients = await transports(RANGE);
    const pairs = await Promise.all(
      Array.from({ length: 6 }, async () => ({
        server: await peerOf(ice),
        client: await peerOf(clients, { controlling: false }),
      })),
    );
    const ports = pairs.map(({ server }) => server.candidates()[0]!.port);
    for (const port of [13_200, 13_201]) expect(ports.filter((each) => each === port)).toHaveLength(3);
    const heard = pairs.map(({ server }) => {
      const texts: string[] = [];
      server.onDatagram((bytes) => texts.push(bytes.toString()));
      return texts;
    });
    for (const { server, client } of pairs) introduce(server, client);
    await waitFor(() => pairs.every(({ server, client }) => server.state === 'connected' && client.state === 'connected'));
    for (const [i, { client }] of pairs.entries()) client.send(Buffer.from(`\x80${i}`));
    await waitFor(() => heard.every((texts) => texts.length > 0));
    expect(heard).toEqual(pairs.map((_, i) => [`\x80${i}`]));
    const stays = pairs.findIndex((_, i) => ports[i] === ports[0] && i > 0);
    for (const [i, { server }] of pairs.entries()) if (i !== stays) server.close();
    pairs[stays]!.client.send(Buffer.from('\x80still'));
    await waitFor(() => heard[stays]!.length === 2);
    const own = await peerOf(ice);
    expect(own.candidates()[0]!.port, 'the port that nobody uses any more').not.toBe(ports[stays]);
    own.close();
    for (const { server, client } of pairs) {
      server.close();
      client.close();
    }
    await waitFor(() => openSockets() <= before);
  });

  test('IT22 what is meant for a peer on another port of the range, or for nobody, has no effect on a shared port', async () => {
    const ice = await transports({ udp: { kind: 'range', minPort: 13_220, maxPort: 13_221 }, filters: { ips: ['127.0.0.1'] } });
    const peers = await Promise.all(Array.from({ length: 4 }, () => peerOf(ice)));
    const portOf = (peer: IcePeer) => peer.candidates()[0]!.port;
    const wire = createSocket('udp4');
    open.push(wire);
    await new Promise<void>((resolve) => wire.bind(0, '127.0.0.1', resolve));
    let port = portOf(peers[0]!);
    const raw = rawClient({ server: peers[0]!.local, transmit: (bytes) => wire.send(bytes, port, '127.0.0.1') });
    wire.on('message', (bytes) => raw.receive(bytes));
    const got: string[] = [];
    for (const [i, peer] of peers.entries()) peer.onDatagram((bytes) => got.push(`${i} ${bytes}`));
    port = portOf(peers[0]!) === 13_220 ? 13_221 : 13_220;
    raw.check();
    for (let i = 0; i < 1000; i++) wire.send(Buffer.alloc(i % 60, i), port, '127.0.0.1');
    wire.send(Buffer.from('\x80early'), portOf(peers[0]!), '127.0.0.1');
    const another = rawClient({
      server: { ...peers[1]!.local, pwd: 'not-the-password-of-anyone' },
      transmit: (bytes) => wire.send(bytes, port),
    });
    another.check();
    port = portOf(peers[0]!);
    raw.check();
    await waitFor(() => raw.answered > 0);
    wire.send(Buffer.from('\x80late'), port, '127.0.0.1');
    await waitFor(() => got.length > 0);
    expect([got, raw.answered]).toEqual([['0 \x80late'], 1]);
    for (const peer of peers) peer.close();
  });

  test('IT19 the viewer is shown nothing of what is inside, whatever stands in the way', async () => {
    const ice = await transports({ ...RANGE, filters: { ips: ['192.0.2.1'] } });
    const made = await ice.createPeer({ clientAddress: '127.0.0.1' });
    expect(made.ok ? '' : made.error).toBe('The server could not open a port for you. Its log says why.');
    expect(warnings.join()).toContain('NEKO_WEBRTC_FILTERS_');
  });

  test('IT11 a taken mux port is a clear error', async () => {
    const first = await transports({ ...MUX, tcp: { kind: 'mux', port: 0 } });
    const ports = {
      udp: first.listening().find(({ transport }) => transport === 'udp')!.port,
      tcp: first.listening().at(-1)!.port,
    };
    const base = { clock: systemClock, log };
    const udp = await createIceTransports({ ...base, udp: { kind: 'mux', port: ports.udp }, tcp: { kind: 'off' } });
    expect(udp.ok ? '' : udp.error).toMatch(/NEKO_WEBRTC_UDPMUX.*taken by another program/);
    const tcp = await createIceTransports({ ...base, udp: { kind: 'off' }, tcp: { kind: 'mux', port: ports.tcp } });
    expect(tcp.ok ? '' : tcp.error).toMatch(/NEKO_WEBRTC_TCPMUX.*taken by another program/);
  });

  test('IT12 a STUN server that does not answer delays nothing; non-trickle waits 5 s for it once, and the log names it', async () => {
    const silent = createSocket('udp4');
    await new Promise<void>((resolve) => silent.bind(0, '127.0.0.1', resolve));
    open.push(silent);
    const url = `stun:127.0.0.1:${silent.address().port}`;
    const ice = await transports({ ...MUX, servers: [{ urls: [url] }] });
    const client = await peerOf(await transports(RANGE), { controlling: false });
    const startMs = performance.now();
    const server = await peerOf(ice);
    const gathered = server.gather();
    introduce(server, client);
    await waitFor(() => server.state === 'connected');
    expect(performance.now() - startMs).toBeLessThan(2500);
    await gathered;
    const firstMs = performance.now() - startMs;
    expect(firstMs).toBeGreaterThan(4500);
    expect(firstMs).toBeLessThan(7000);
    await waitFor(() => warnings.length > 0);
    expect(warnings.join()).toContain(url);
    const left = await peerOf(ice);
    const leftGathering = left.gather();
    left.close();
    await leftGathering;
    const again = await peerOf(ice);
    const againMs = performance.now();
    await again.gather();
    expect(performance.now() - againMs).toBeLessThan(firstMs / 4);
  });

  test('IT13 a STUN server that sees another address gives a server-reflexive candidate', async () => {
    const stun = createSocket('udp4');
    stun.on('message', (bytes, from) => {
      const read = decodeStun(bytes);
      if (!read.ok) return;
      const attributes = { xorMappedAddress: { address: '203.0.113.8', port: 7777 } };
      stun.send(
        encodeStun({ kind: 'success', method: 'binding', transactionId: read.value.transactionId, attributes }),
        from.port,
        from.address,
      );
    });
    await new Promise<void>((resolve) => stun.bind(0, '127.0.0.1', resolve));
    open.push(stun);
    const ice = await transports({ ...MUX, servers: [{ urls: [`stun:127.0.0.1:${stun.address().port}`] }] });
    const server = await peerOf(ice);
    const found: string[] = [];
    server.onCandidate((candidate) => found.push(formatCandidate(candidate)));
    await server.gather();
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/203\.0\.113\.8 7777 typ srflx raddr 127\.0\.0\.1 rport \d+ ufrag/);
  });

  test('IT20 a candidate `stun:port` is told as soon as a server has shown the address, to those who came before too', async () => {
    const stun = createSocket('udp4');
    let shown = false;
    stun.on('message', (bytes, from) => {
      const read = decodeStun(bytes);
      if (!read.ok || !shown) return;
      const attributes = { xorMappedAddress: { address: '203.0.113.8', port: 7777 } };
      const { transactionId } = read.value;
      stun.send(encodeStun({ kind: 'success', method: 'binding', transactionId, attributes }), from.port, from.address);
    });
    await new Promise<void>((resolve) => stun.bind(0, '127.0.0.1', resolve));
    open.push(stun);
    const servers = [{ urls: [`stun:127.0.0.1:${stun.address().port}`] }];
    const ice = await transports({ ...MUX, servers, candidates: [{ kind: 'stun', port: 41_000 }] });
    const before = await peerOf(ice);
    const found: string[] = [];
    before.onCandidate((candidate) => found.push(formatCandidate(candidate)));
    expect(before.candidates().map(({ address }) => address)).not.toContain('203.0.113.8');
    shown = true;
    const asker = await peerOf(ice);
    await asker.gather();
    for (const peer of [asker, before]) {
      expect(formatCandidate(peer.candidates()[0]!)).toMatch(/ 203\.0\.113\.8 41000 typ host ufrag /);
    }
    expect(found).toEqual([expect.stringContaining(' 203.0.113.8 41000 typ host ')]);
  });

  describe('servers of the frontend list', () => {
    /** A STUN server over UDP or TCP that sees everybody at 203.0.113.8, and counts how often it is asked. */
    async function mirror(transport: 'udp' | 'tcp') {
      const asked = { times: 0, port: 0 };
      const answerTo = (bytes: Buffer) => {
        const read = decodeStun(bytes);
        if (!read.ok) throw new Error(read.error);
        asked.times++;
        expect(read.value).toMatchObject({ kind: 'request', method: 'binding' });
        const attributes = { xorMappedAddress: { address: '203.0.113.8', port: 7777 } };
        return encodeStun({ kind: 'success', method: 'binding', transactionId: read.value.transactionId, attributes });
      };
      if (transport === 'udp') {
        const socket = createSocket('udp4');
        socket.on('message', (bytes, from) => socket.send(answerTo(bytes), from.port, from.address));
        await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
        asked.port = socket.address().port;
        open.push(socket);
      } else {
        const server = createServer((socket) => socket.on('data', (bytes) => socket.write(answerTo(bytes))));
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
        const address = server.address();
        asked.port = typeof address === 'object' && address ? address.port : 0;
        open.push(server);
      }
      return asked;
    }

    test.each([
      ['UDP', 'udp', '', /203\.0\.113\.8 7777 typ srflx raddr 127\.0\.0\.1 rport \d+ ufrag/],
      ['TCP, with our own port', 'tcp', '?transport=tcp', /203\.0\.113\.8 (\d+) typ srflx raddr 127\.0\.0\.1 rport \1 ufrag/],
    ] as const)(
      'IT17 a TURN server that the viewer alone may use shows our address over %s',
      async (_name, transport, end, line) => {
        const asked = await mirror(transport);
        const frontendServers = [{ urls: [`turn:127.0.0.1:${asked.port}${end}`], username: 'viewer', credential: 'alone' }];
        const ice = await transports({ ...MUX, frontendServers });
        for (let join = 1; join <= 2; join++) {
          const server = await peerOf(ice);
          await server.gather();
          const found = server.candidates().filter(({ type }) => type !== 'host');
          expect(found.map(formatCandidate)).toEqual([expect.stringMatching(line)]);
          expect(asked.times).toBe(transport === 'udp' ? join : 1);
        }
        expect(warnings).toEqual([]);
      },
    );

    test('IT17 ICE-lite asks nobody, and nobody is asked for what another question shows', async () => {
      const [udp, tcp] = [await mirror('udp'), await mirror('tcp')];
      const urls = [`stun:127.0.0.1:${udp.port}`, `turn:127.0.0.1:${tcp.port}?transport=tcp`];
      const frontendServers = [{ urls, username: 'viewer', credential: 'alone' }];
      const lite = await peerOf(await transports({ ...MUX, lite: true, frontendServers }));
      await lite.gather();
      expect(lite.candidates().every(({ type }) => type === 'host')).toBe(true);
      expect([udp.times, tcp.times]).toEqual([0, 0]);
      const server = await peerOf(await transports({ ...MUX, servers: [{ urls: [urls[0]!] }], frontendServers }));
      await server.gather();
      expect([udp.times, tcp.times]).toEqual([1, 0]);
    });

    test('IT17 one that takes the connection and says nothing delays nothing, and is waited for once a minute', async () => {
      const silent = createServer((socket) => open.push({ close: () => socket.destroy() }));
      await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
      open.push(silent);
      const address = silent.address();
      const url = `turn:127.0.0.1:${typeof address === 'object' && address ? address.port : 0}?transport=tcp`;
      const ice = await transports({ ...MUX, frontendServers: [{ urls: [url], username: 'viewer', credential: 'alone' }] });
      const gatherMs = async () => {
        const server = await peerOf(ice);
        const startMs = performance.now();
        await server.gather();
        return performance.now() - startMs;
      };
      const firstMs = await gatherMs();
      expect(firstMs).toBeGreaterThan(4500);
      expect(firstMs).toBeLessThan(7000);
      await waitFor(() => warnings.length > 0);
      expect(warnings.join()).toContain(url);
      expect(await gatherMs()).toBeLessThan(firstMs / 4);
    });
  });
});

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { TransportAddress } from '../../../server/ice/address.js';
import { AgentShell } from '../../../server/ice/agent-shell.js';
import { mdnsQueue, mdnsShare } from '../../../server/ice/candidates/mdns-names.js';
import { ICE_LIMITS } from '../../../server/ice/limits.js';
import { FrameReader, frameTcp } from '../../../server/ice/sockets/frame-reader.js';
import { tcpRoute } from '../../../server/ice/sockets/peer-sockets.js';
import { openTcpMux, type TcpConnection, type TcpMux } from '../../../server/ice/sockets/tcp-mux.js';
import { hmacSha1 } from '../../../server/ice/stun/hmac.js';
import { decodeStun, encodeStun } from '../../../server/ice/stun/stun.js';
import { allocateRelay } from '../../../server/ice/turn/turn-allocation.js';
import type { TurnTransport } from '../../../server/ice/turn/turn-transport.js';
import { systemClock } from '../../../server/lib/clock.js';
import { waitFor } from '../../support/wait-for.js';

async function openMux(): Promise<TcpMux> {
  const mux = await openTcpMux({ listen: true, port: 0, clock: systemClock });
  if (!mux.ok) throw new Error(mux.error);
  onTestFinished(() => mux.value.close());
  return mux.value;
}

function listeningPeer(): AgentShell {
  return new AgentShell({
    lite: true,
    controlling: false,
    token: 1,
    clock: systemClock,
    routeUfrag: () => () => undefined,
    gather: async () => undefined,
    follow: async () => false,
    onError: (error) => {
      throw error;
    },
    resolveMdns: async () => undefined,
    onClose: () => undefined,
  });
}

function check({ ufrag, pwd }: AgentShell['local']): Buffer {
  const attributes = { username: `${ufrag}:remote`, priority: 1, iceControlling: 1n };
  const message = { kind: 'request' as const, method: 'binding' as const, transactionId: randomBytes(12), attributes };
  return frameTcp(encodeStun(message, { key: Buffer.from(pwd), hmac: hmacSha1 }));
}

/** Connects and sends a check; counts the answers. */
function client(port: number, peer: AgentShell): { readonly socket: Socket; answers: number } {
  const made = { socket: connect(port, '127.0.0.1'), answers: 0 };
  const reader = new FrameReader();
  made.socket.on('error', () => {});
  made.socket.on('data', (data) => {
    made.answers += reader.push(data).length;
  });
  made.socket.write(check(peer.local));
  onTestFinished(() => void made.socket.destroy());
  return made;
}

test('a viewer has so many ICE-TCP connections; one more is closed, another viewer has its own', async () => {
  const mux = await openMux();
  const [peer, other] = [listeningPeer(), listeningPeer()];
  for (const each of [peer, other]) {
    each.setRemote({ ufrag: 'remote', pwd: 'p', lite: false });
    mux.registerUfrag(
      each.local.ufrag,
      tcpRoute(() => each),
    );
  }
  const clients: ReturnType<typeof client>[] = [];
  for (let opened = 0; opened < ICE_LIMITS.tcpConnections.value; opened += 1) {
    const made = client(mux.port, peer);
    clients.push(made);
    await waitFor('the answer', () => made.answers === 1);
  }
  const tooMuch = client(mux.port, peer);
  await waitFor('the end of one too many', () => tooMuch.socket.destroyed);
  expect([tooMuch.answers, clients.filter(({ socket }) => socket.destroyed).length]).toEqual([0, 0]);
  const honest = client(mux.port, other);
  await waitFor('the answer to another viewer', () => honest.answers === 1);
  clients[0]!.socket.write(check(peer.local));
  await waitFor('another answer', () => clients[0]!.answers === 2);
  clients[1]!.socket.destroy();
  await waitFor('a place that became free', async () => {
    const next = client(mux.port, peer);
    await waitFor('its answer or end', () => next.answers === 1 || next.socket.destroyed);
    return next.answers === 1;
  });
});

test('what waits for an ICE-TCP connection is taken up to the bound, and not a byte more', async () => {
  const mux = await openMux();
  let connection: TcpConnection | undefined;
  mux.registerUfrag('viewer', {
    onConnection(made) {
      connection = made;
      return { onFrame() {}, onClose() {} };
    },
  });
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  const accepted = once(server, 'connection');
  const socket = connect(typeof address === 'object' && address ? address.port : 0, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  const [ours]: Socket[] = await accepted;
  const attributes = { username: 'viewer:x' };
  mux.accept(ours!, frameTcp(encodeStun({ kind: 'request', method: 'binding', transactionId: randomBytes(12), attributes })));
  // Nothing leaves meanwhile, as if the network took nothing.
  ours!.cork();
  const header = 2;
  const whole = 64 * 1024;
  const bound = ICE_LIMITS.tcpQueue.value;
  while (connection!.queuedBytes + whole < bound) expect(connection!.send(Buffer.alloc(whole - header))).toBe(true);
  expect(connection!.send(Buffer.alloc(1))).toBe(true);
  const left = bound - connection!.queuedBytes;
  expect(connection!.send(Buffer.alloc(left + 1))).toBe(false);
  expect(connection!.send(Buffer.alloc(left))).toBe(true);
  expect([connection!.send(Buffer.alloc(1)), connection!.sendAll([Buffer.alloc(1)])]).toEqual([false, 0]);
  expect([connection!.queuedBytes, ours!.destroyed]).toEqual([bound + header, false]);
});

/** A TURN server that grants everything, and remembers for whom it was asked. */
function grantingServer(): TurnTransport & { readonly permitted: string[] } {
  const permitted: string[] = [];
  let receive: (message: Buffer) => void = () => {};
  return {
    permitted,
    reliable: true,
    queuedBytes: 0,
    send(bytes) {
      const message = decodeStun(Buffer.from(bytes));
      if (!message.ok || message.value.kind !== 'request') return true;
      const { method, transactionId, attributes } = message.value;
      if (method === 'createPermission') permitted.push(attributes.xorPeerAddress?.address ?? '');
      const answer = method === 'allocate' ? { xorRelayedAddress: { address: '192.0.2.1', port: 4_000 } } : {};
      queueMicrotask(() => receive(encodeStun({ kind: 'success', method, transactionId, attributes: answer })));
      return true;
    },
    listen: (onMessage) => {
      receive = onMessage;
    },
    close() {},
  };
}

test("so many addresses are let in at a viewer's relay; beyond it the oldest has to be asked for again", async () => {
  const server = grantingServer();
  const relay = await allocateRelay({
    transport: server,
    username: 'u',
    credential: 'c',
    clock: systemClock,
    onDatagram() {},
    onClosed() {},
  });
  if (!relay.ok) throw new Error(relay.error);
  onTestFinished(() => relay.value.close());
  const most = ICE_LIMITS.relayPermissions.value;
  const at = (index: number): TransportAddress => ({ address: `198.51.100.${index}`, port: 9 });
  for (let index = 0; index < most; index += 1) relay.value.permit(at(index).address);
  await waitFor('the permissions', () => server.permitted.length === most);
  const send = (index: number) => relay.value.send(Buffer.from('x'), at(index));
  for (let index = 0; index < most; index += 1) expect(send(index)).toBe(true);
  expect(server.permitted, 'nobody was asked for twice').toHaveLength(most);
  relay.value.permit(at(most).address);
  expect([send(most - 1), send(1), server.permitted.slice(most)]).toEqual([true, true, [at(most).address]]);
  expect([send(0), server.permitted.slice(most + 1)]).toEqual([true, [at(0).address]]);
});

test('so many mDNS names of all viewers wait to be looked up; one more is ignored, and a viewer takes one place', async () => {
  const release: (() => void)[] = [];
  const queue = mdnsQueue((name) => new Promise((resolve) => release.push(() => resolve(`address of ${name}`))));
  const most = ICE_LIMITS.mdnsWaiting.value;
  const greedy = mdnsShare(queue);
  const answers = Array.from({ length: ICE_LIMITS.mdnsNames.value }, (_, index) => greedy(`greedy ${index}.local`));
  const others = Array.from({ length: most - 1 }, (_, index) => mdnsShare(queue)(`${index}.local`));
  await waitFor('the first look-up', () => release.length === 1);
  expect(await mdnsShare(queue)('late.local')).toBeUndefined();
  release[0]!();
  expect(await answers[0]).toBe('address of greedy 0.local');
  for (let index = 0; index < others.length; index += 1) {
    await waitFor('the next look-up', () => release.length > index + 1);
    release[index + 1]!();
    expect(await others[index]).toBe(`address of ${index}.local`);
  }
});

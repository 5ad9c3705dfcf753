import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { ok } from '../../../server/lib/result.js';
import { HTTP_LIMITS, SOCKET_LIMITS } from '../../../server/signaling/limits.js';
import { SteppedClock } from '../../support/faults/stepped-clock.js';
import { waitFor } from '../../support/wait-for.js';
import { type Client, COOKIE, Harness, type Overrides } from './support/harness.js';

let harness: Harness;
const raw: Socket[] = [];
const start = async (overrides?: Overrides) => {
  harness = await Harness.start(overrides);
  return harness;
};
afterEach(async () => {
  for (const socket of raw.splice(0)) socket.destroy();
  await harness.close();
});

const envelope = (event: string, bytes: number, key = 'text') => {
  const head = `{"event":"${event}","payload":{"subject":"s","receiver":"nobody","${key}":"`;
  return `${head}${'x'.repeat(bytes - head.length - 3)}"}}`;
};
const warnings = (about: string) => harness.logged.filter((line) => line.includes(about));

test.each([
  ['send/broadcast', SOCKET_LIMITS.message.value],
  ['unknown/event', SOCKET_LIMITS.message.value],
  ['clipboard/set', SOCKET_LIMITS.clipboard.value],
  ['send/unicast', SOCKET_LIMITS.unicast.value],
])('%s may have %i bytes; one more closes the socket with 1009 and nobody else’s', async (event, bytes) => {
  await start();
  const [user, other] = [await harness.join('user', 'one'), await harness.join('user', 'two')];
  user.send('control/request');
  await user.seen('control/host');
  user.socket.send(envelope(event, bytes));
  user.send('signal/request', {});
  await user.seen('signal/provide');
  user.socket.send(envelope(event, bytes + 1));
  expect(await user.closed()).toBe(1009);
  await other.settle();
  expect(other.closeCode).toBeNull();
  expect(warnings('too large')).toHaveLength(1);
});

test('a large message is refused while it is being sent: a megabyte of eight comes in at most', async () => {
  await start();
  const user = await harness.join('user');
  const connection: Socket = Reflect.get(user.socket, '_socket');
  const length = Buffer.alloc(10);
  length.writeUInt16BE(0x81ff, 0);
  length.writeBigUInt64BE(8_000_000n, 2);
  connection.write(Buffer.concat([length, Buffer.alloc(4), Buffer.from(envelope('send/broadcast', 1_000_000))]));
  expect(await user.closed()).toBe(1009);
});

test('one text to one other client may be large, and arrives whole', async () => {
  await start();
  const [user, other] = [await harness.join('user', 'one'), await harness.join('user', 'two')];
  const body = 'x'.repeat(1 << 20);
  user.send('send/unicast', { receiver: other.id, subject: 'a file', body });
  expect(await other.seen('send/unicast')).toEqual({ sender: user.id, receiver: other.id, subject: 'a file', body });
});

/** Counts what `act` makes arrive at `client`, and then at what rate more arrives. */
async function arrived(client: Client, event: string): Promise<number> {
  await client.settle();
  return client.events.filter((seen) => seen === event).length;
}

test('a session has its burst of messages and no more; a new socket brings no new one; signalling goes on beside it', async () => {
  const clock = new SteppedClock();
  await start({ clock });
  const [user, other] = [await harness.join('user', 'flood'), await harness.join('user', 'other')];
  for (let sent = 0; sent < 300; sent += 1) user.send('send/broadcast', { subject: String(sent) });
  user.send('signal/request', {});
  await user.seen('signal/provide');
  expect(await arrived(other, 'send/broadcast')).toBe(100);
  const again = await harness.enter(user);
  for (let sent = 0; sent < 300; sent += 1) again.send('send/broadcast', {});
  again.send('signal/request', {});
  await again.seen('signal/provide');
  expect(await arrived(other, 'send/broadcast')).toBe(100);
  clock.advance(1_000);
  for (let sent = 0; sent < 300; sent += 1) again.send('send/broadcast', {});
  again.send('signal/request', {});
  await again.until(() => again.events.filter((event) => event === 'signal/provide')[1], 'second answer');
  expect(await arrived(other, 'send/broadcast')).toBe(120);
  expect(warnings('too many messages')).toHaveLength(1);
});

test('large broadcasts: 2 MiB at once, then 64 KiB a second, and nobody is cut', async () => {
  const clock = new SteppedClock();
  await start({ clock });
  const [user, other] = [await harness.join('user', 'flood'), await harness.join('user', 'other')];
  for (let sent = 0; sent < 80; sent += 1) user.socket.send(envelope('send/broadcast', SOCKET_LIMITS.message.value, 'body'));
  user.send('signal/request', {});
  await user.seen('signal/provide');
  expect(await arrived(other, 'send/broadcast')).toBe(32);
  expect([user.closeCode, other.closeCode]).toEqual([null, null]);
});

test('sockets opened and opened again: fifteen, then one a second, the others are told to try later', async () => {
  const clock = new SteppedClock();
  await start({ clock });
  const login = await harness.login('user');
  for (let opened = 0; opened < 15; opened += 1) await harness.enter(login);
  expect(await harness.socket(`?token=${login.token}`).closed()).toBe(1013);
  clock.advance(1_000);
  await harness.enter(login);
  expect(await harness.socket(`?token=${login.token}`).closed()).toBe(1013);
});

test('attempts without a session are counted by address', async () => {
  const clock = new SteppedClock();
  await start({ clock });
  const codes = await Promise.all(Array.from({ length: 210 }, () => harness.socket('?token=wrong').closed()));
  expect(codes.filter((code) => code === 1013)).toHaveLength(10);
});

test('a session that sends more than its traffic is read no faster, and loses nothing', async () => {
  const clock = new SteppedClock();
  await start({ clock });
  const user = await harness.join('user');
  user.send('control/request');
  await user.settle();
  const text = 'x'.repeat(8_000_000);
  for (let copy = 0; copy < 3; copy += 1) user.send('clipboard/set', { text });
  await waitFor('two of three', () => harness.desktop.said.length === 2);
  user.send('control/keydown', { keysym: 0x61 });
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(harness.desktop.said).toHaveLength(2);
  // What came in before it was stopped is owed, and so is the rest.
  for (let step = 0; step < 20 && harness.desktop.said.length < 4; step += 1) {
    clock.advance(1_000);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(harness.desktop.said.at(-1)).toBe('keyDown 97');
});

/** Opens a WebSocket by hand that reads what it is sent as long as it is not paused, and answers nothing. */
async function silentSocket(token: string): Promise<Socket> {
  const { hostname, port } = new URL(harness.base);
  const socket = connect(Number(port), hostname);
  raw.push(socket);
  socket.write(
    `GET /api/ws?token=${token} HTTP/1.1\r\nHost: ${hostname}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`,
  );
  let said = '';
  socket.on('data', (data) => {
    said = (said + data.toString('latin1')).slice(-100_000);
  });
  await waitFor('the greeting', () => said.includes('session/state'));
  return socket;
}

test('a client that answers no pings is cut after 25 s, keeps its seat for the usual grace and then loses control', async () => {
  const clock = new SteppedClock();
  await start({ clock });
  const other = await harness.join('user', 'other');
  const { id, token } = await harness.login('admin', 'laptop');
  const socket = await silentSocket(token);
  await harness.http('POST', '/api/room/control/take', { token });
  await other.seen('control/host');
  const ended = new Promise((resolve) => socket.once('close', resolve));
  // The other one answers its pings in real time.
  for (const stepMs of [10_000, 10_000, 4_900]) {
    clock.advance(stepMs);
    await other.settle();
  }
  expect(socket.destroyed).toBe(false);
  clock.advance(200);
  await ended;
  await waitFor('the end of its socket', () => warnings('session socket closed').length === 1);
  await other.settle();
  expect(other.received.filter(({ event }) => event === 'control/host')).toHaveLength(1);
  clock.advance(5_000);
  expect(await other.seen('control/host', (payload) => JSON.stringify(payload).includes('"has_host":false'))).toEqual({
    id,
    has_host: false,
  });
  expect(other.closeCode).toBeNull();
});

test('a client that reads nothing misses what others say, who cannot have it cut; it goes on where it was', async () => {
  const clock = new SteppedClock();
  await start({ clock });
  const slow = await harness.join('user', 'slow');
  slow.socket.pause();
  const body = 'x'.repeat(60_000);
  const loud = await Promise.all(Array.from({ length: 10 }, (_, number) => harness.join('user', `loud ${number}`)));
  for (const user of loud) {
    for (let sent = 0; sent < 34; sent += 1) user.send('send/broadcast', { body });
    user.send('signal/request', {});
    await user.seen('signal/provide');
  }
  slow.socket.resume();
  slow.send('signal/request', {});
  await slow.seen('signal/provide');
  const heard = slow.events.filter((event) => event === 'send/broadcast').length;
  expect(heard).toBeGreaterThan(10);
  expect(heard).toBeLessThan(300);
  expect([slow, ...loud].map(({ closeCode }) => closeCode)).toEqual(Array(11).fill(null));
});

/** What the host is told of the clipboard, in order. */
const told = (client: Client) =>
  client.received.flatMap(({ event, payload }) => {
    if (!event.startsWith('clipboard/')) return [];
    const text = typeof payload === 'object' && payload !== null && 'text' in payload ? String(payload.text) : '';
    return [event === 'clipboard/updated' ? text.slice(0, 8) : 'refused'];
  });

async function hosting(clock: SteppedClock): Promise<Client> {
  await start({ clock });
  const host = await harness.join('user', 'host');
  host.send('control/request');
  await host.seen('control/host');
  return host;
}

test('copies in a flood: the first at once, then four a second, and the last of all in any case', async () => {
  const clock = new SteppedClock();
  const host = await hosting(clock);
  for (let copy = 1; copy <= 100; copy += 1) {
    harness.desktop.copy({ text: `copy ${copy}` });
    clock.advance(10);
    await new Promise((resolve) => setImmediate(resolve));
  }
  clock.advance(250);
  await host.seen('clipboard/updated', (payload) => JSON.stringify(payload).includes('copy 100'));
  expect(told(host)[0]).toBe('copy 1');
  expect(told(host).length).toBeLessThanOrEqual(6);
});

test('a copied text of 8 MiB is told; a byte more is refused in words, and nobody is disconnected', async () => {
  const clock = new SteppedClock();
  const host = await hosting(clock);
  const bytes = SOCKET_LIMITS.clipboard.value;
  for (const text of ['x'.repeat(bytes), 'y'.repeat(bytes + 1), 'ä'.repeat(bytes / 2 + 1), '\u0001'.repeat(bytes / 2), 'small']) {
    harness.desktop.copy({ text });
    await host.settle();
    clock.advance(6_000);
    await host.settle();
  }
  await host.seen('clipboard/updated', (payload) => JSON.stringify(payload).includes('small'));
  expect(told(host)).toEqual(['xxxxxxxx', 'refused', 'refused', 'refused', 'small']);
  expect(host.closeCode).toBeNull();
});

test('a host that reads slowly is told the newest once it has read, and is never cut for what was copied', async () => {
  const clock = new SteppedClock();
  const host = await hosting(clock);
  host.socket.pause();
  for (let copy = 0; copy < 20; copy += 1) {
    harness.desktop.copy({ text: `copy ${String(copy).padStart(2, '0')} ${'x'.repeat(8_000_000)}` });
    clock.advance(1_000);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  host.socket.resume();
  await host.seen('clipboard/updated');
  await waitFor('the newest', () => {
    clock.advance(250);
    return told(host).at(-1) === 'copy 19 ';
  });
  expect(told(host).length).toBeLessThan(6);
  expect(host.closeCode).toBeNull();
});

test('messages that wait for one another: at the bound the socket goes on, one beyond cuts it and nobody else', async () => {
  const clock = new SteppedClock();
  await start({ clock });
  const [user, other] = [await harness.join('user', 'one'), await harness.join('user', 'two')];
  user.send('control/request');
  await user.seen('control/host');
  let release = () => {};
  harness.desktop.keyboard.setModifiers = () =>
    new Promise((resolve) => {
      release = () => resolve(ok(undefined));
    });
  user.send('keyboard/modifiers', { shift: true });
  for (let sent = 0; sent < SOCKET_LIMITS.waiting.value; sent += 1) user.send('control/move', { x: 1, y: 1 });
  user.send('signal/request', {});
  await user.seen('signal/provide');
  expect([user.closeCode, harness.desktop.said]).toEqual([null, []]);
  user.send('control/move', { x: 2, y: 2 });
  expect(await user.closed()).toBe(1006);
  await other.settle();
  expect(other.closeCode).toBeNull();
  release();
});

const refused = (client: Client) => client.until(() => client.status ?? undefined, 'refusal');

test.each([
  ['a WebSocket', (origin: string) => refused(harness.socket('', { origin }))],
  ['a login', (origin: string) => harness.http('POST', '/api/login', { headers: { origin } })],
])('%s from a page of others: so many lines in the log, one more each second, which counts the others', async (_what, ask) => {
  const clock = new SteppedClock();
  await start({ clock, session: { cookie: { ...COOKIE, enabled: true } } });
  const { refusalLines } = HTTP_LIMITS;
  const lines = () => warnings('origin');
  for (let asked = 0; asked < refusalLines.value; asked += 1) await ask('https://evil.example');
  expect(lines()).toHaveLength(refusalLines.value);
  for (let asked = 0; asked < 3; asked += 1) await ask('https://evil.example');
  expect(lines()).toHaveLength(refusalLines.value);
  clock.advance(1_000);
  await ask('https://evil.example');
  await ask('https://evil.example');
  expect(lines()).toHaveLength(refusalLines.value + 1);
  expect(lines().at(-1)).toContain('"heldBack":3');
});

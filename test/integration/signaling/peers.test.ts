import { afterEach, beforeEach, expect, test } from 'vitest';
import { waitFor } from '../../support/wait-for.js';
import { type Client, Harness, type Login } from './support/harness.js';

let harness: Harness;
beforeEach(async () => {
  harness = await Harness.start();
});
afterEach(() => harness.close());

/** Asks for a peer and plays its connecting. */
async function watch(client: Client & Login) {
  client.send('signal/request', {});
  await client.seen('signal/provide');
  const peer = harness.peers.peer(client.id);
  if (peer === undefined) throw new Error('no peer was made');
  peer.hooks.onConnected();
  return peer;
}

test('signalling in both directions', async () => {
  const user = await harness.join('user');
  await watch(user);
  expect(await user.seen('signal/candidate')).toMatchObject({ sdpMid: '0' });
  expect(await user.seen('signal/provide')).toMatchObject({ iceservers: [], video: { id: 'main', video: 'main' } });
  user.send('signal/answer', { sdp: 'mine' });
  user.send('signal/candidate', { candidate: '' });
  user.send('signal/restart');
  user.send('signal/offer', { sdp: 'new' });
  expect(await user.seen('signal/restart')).toEqual({ sdp: 'v=0 restart' });
  expect(await user.seen('signal/answer')).toEqual({ sdp: 'answer to new' });
  expect(harness.peers.peer(user.id)?.said).toEqual(['answer mine', 'candidate ']);
  expect(harness.peers.peer(user.id)?.clientAddress).toBe('127.0.0.1');
});

test('who cannot decode the picture is told so after the answer', async () => {
  const user = await harness.join('user');
  const peer = await watch(user);
  user.send('signal/answer', { sdp: 'good' });
  await waitFor('the first answer', () => peer.said.length === 1);
  peer.refusal = 'this browser does not decode H265';
  user.send('signal/answer', { sdp: 'mine' });
  expect(await user.seen('signal/refused')).toEqual({ message: 'this browser does not decode H265' });
  expect(peer.said).toEqual(['answer good', 'answer mine']);
});

test('a client that says how long its sound waits, and one that says nonsense', async () => {
  const user = await harness.join('user');
  const peer = await watch(user);
  user.send('signal/playout', { sound_delay_ms: 120 });
  for (const sound_delay_ms of [-1, '5', 1e9]) user.send('signal/playout', { sound_delay_ms });
  user.send('signal/playout', { sound_delay_ms: 0 });
  user.send('signal/restart');
  await user.seen('signal/restart');
  expect(peer.said).toEqual(['sound delay 120', 'sound delay 0']);
});

test('new ICE servers reach the session, and its next socket asks whether some were missed', async () => {
  const user = await harness.join('user');
  const peer = await watch(user);
  expect(peer.said).toEqual([]);
  const servers = [{ urls: ['turn:turn.example'], username: '1700003600:s', credential: 'c' }];
  peer.hooks.onIceServers(servers);
  expect(await user.seen('signal/iceservers')).toEqual({ iceservers: servers });
  user.socket.terminate();
  await harness.enter(user);
  expect(peer.said).toEqual(['socket opened']);
});

test('watching goes round, the end is told to its owner, whose socket stays', async () => {
  const [admin, user] = [await harness.join('admin'), await harness.join('user')];
  const peer = await watch(user);
  await admin.seen('session/state', (payload) => JSON.stringify(payload).includes('"is_watching":true'));
  peer.close();
  expect(await user.seen('signal/close')).toBeNull();
  await admin.seen('session/state', (payload) => JSON.stringify(payload).includes('not_watching_since'));
  expect(user.closeCode).toBeNull();
});

test('an unknown stream and a missing right make no peer', async () => {
  const [admin, user] = [await harness.join('admin'), await harness.join('user')];
  user.send('signal/request', { video: { selector: { id: 'nope' } } });
  await harness.http('POST', `/api/members/${user.id}`, { token: admin.token, body: { can_watch: false } });
  user.send('signal/request', {});
  await user.settle();
  expect(user.events).not.toContain('signal/provide');
  expect(harness.peers.requests).toBe(1);
});

test.each(['can_watch', 'can_login', 'can_connect'])('without %s a viewer is shown nothing from the answer on', async (flag) => {
  const [admin, user] = [await harness.join('admin'), await harness.join('user')];
  const peer = await watch(user);
  await harness.http('POST', `/api/members/${user.id}`, { token: admin.token, body: { [flag]: false } });
  expect(peer.paused).toBe(true);
});

test('the peer outlives its socket, not its session', async () => {
  const [admin, user] = [await harness.join('admin'), await harness.join('user')];
  await watch(user);
  user.socket.close(1000);
  await admin.seen('session/state', (payload) => JSON.stringify(payload).includes('not_connected_since'));
  expect(harness.peers.peer(user.id)).toBeDefined();
  await harness.http('DELETE', `/api/sessions/${user.id}`, { token: admin.token });
  expect(harness.peers.peer(user.id)).toBeUndefined();
});

test('private mode pauses users, also those who come later', async () => {
  const [admin, user] = [await harness.join('admin'), await harness.join('user')];
  const [adminPeer, userPeer] = [await watch(admin), await watch(user)];
  await harness.http('POST', '/api/room/settings', { token: admin.token, body: { private_mode: true } });
  expect([adminPeer.paused, userPeer.paused]).toEqual([false, true]);
  const late = await harness.join('user', 'late');
  expect((await watch(late)).paused).toBe(true);
  await harness.http('POST', '/api/room/settings', { token: admin.token, body: { private_mode: false } });
  expect([userPeer.paused, harness.peers.peer(late.id)?.paused]).toEqual([false, false]);
});

test('over the data channel only the host moves anything, and it takes no control', async () => {
  const [host, other] = [await harness.join('user', 'host'), await harness.join('user', 'other')];
  const [hostPeer, otherPeer] = [await watch(host), await watch(other)];
  host.send('control/request');
  await host.seen('control/host');
  for (const peer of [otherPeer, hostPeer]) {
    peer.hooks.onInput({ kind: 'move', x: 7, y: 9 });
    peer.hooks.onInput({ kind: 'key-down', keysym: 0x61 });
    peer.hooks.onInput({ kind: 'scroll', deltaX: 0, deltaY: 30_000, control: true });
    peer.hooks.onInput({ kind: 'touch-begin', id: 1, x: 2, y: 3, pressure: 4 });
    peer.hooks.onInput({ kind: 'ping', clientTime: { hi: 0, lo: 0 } });
  }
  expect(harness.desktop.said).toEqual(['move 7 9', 'keyDown 97', 'scroll 0 100 true', 'touch begin 1 2 3 4']);
  expect([hostPeer.said, otherPeer.said]).toEqual([[], ['cursor 7 9']]);
  await other.settle();
  expect(host.events).not.toContain('control/request');
  host.send('control/release');
  await host.settle();
  hostPeer.hooks.onInput({ kind: 'key-up', keysym: 0x61 });
  expect(harness.desktop.said.slice(4)).toEqual(['releaseAll']);
});

test('moves of viewers are shown to those who may see them', async () => {
  const [admin, user] = [await harness.join('admin'), await harness.join('user')];
  const peer = await watch(user);
  await harness.http('POST', '/api/room/settings', { token: admin.token, body: { inactive_cursors: true } });
  peer.hooks.onInput({ kind: 'move', x: 50, y: 60 });
  expect(await admin.seen('session/cursors')).toEqual([{ id: user.id, cursors: [{ x: 50, y: 60 }] }]);
  await admin.seen('session/cursors', (payload) => JSON.stringify(payload) === '[]');
  expect(user.events).not.toContain('session/cursors');
});

import { afterEach, beforeEach, expect, test } from 'vitest';
import { err } from '../../../server/lib/result.js';
import { EMPTY_VIEW } from './support/fake-doctor.js';
import { Harness } from './support/harness.js';

let harness: Harness;
beforeEach(async () => {
  harness = await Harness.start();
});
afterEach(() => harness.close());

const PAGE = { secure: true, host: 'desk.example.org', port: 443, losses: [{ idle_ms: 5000, lifetime_ms: 9000 }] };

test('the view of the server is for admins', async () => {
  const [admin, user] = [await harness.login('admin'), await harness.login('user')];
  const view = (token?: string) => harness.http('GET', '/api/webrtc/doctor', { token });
  expect((await view()).status).toBe(401);
  const refused = await view(user.token);
  expect([refused.status, await refused.json()]).toEqual([403, { code: 403, message: 'session is not admin' }]);
  const answer = await view(admin.token);
  expect([answer.status, await answer.json()]).toEqual([200, EMPTY_VIEW]);
});

test('a check is begun for the session that asks, and what it tells goes to that session alone', async () => {
  const [guest, other] = [await harness.join('user', 'guest'), await harness.join('user', 'other')];
  guest.send('doctor/start', PAGE);
  await guest.settle();
  const visitor = harness.doctor.visitors.get(guest.id);
  expect(visitor).toMatchObject({ clientAddress: '127.0.0.1', isAdmin: false });
  visitor?.send({ event: 'doctor/report', payload: { done: true, tested: 0, total: 0, verdict: 'fine', findings: [] } });
  await guest.seen('doctor/report');
  guest.send('doctor/answer', { probe: 'probe-1', sdp: 'v=0' });
  guest.send('doctor/candidate', { probe: 'probe-1', candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0 });
  guest.send('doctor/result', { probe: 'probe-1', ok: true, ice: true, gathered: false, rtt_ms: 1.5, errors: [] });
  await guest.settle();
  await other.settle();
  expect(harness.doctor.calls).toEqual([
    'start desk.example.org:443',
    'answer probe-1 v=0',
    'candidate probe-1 candidate:1',
    'result probe-1 true',
  ]);
  expect(other.events.filter((event) => event.startsWith('doctor/'))).toEqual([]);
});

test('a check that cannot begin is refused in words, one of the wrong shape is ignored', async () => {
  const guest = await harness.join('user', 'guest');
  harness.doctor.startWith = err('Others are checking.');
  guest.send('doctor/start', PAGE);
  expect(await guest.seen('doctor/refused')).toEqual({ message: 'Others are checking.' });
  const before = harness.doctor.calls.length;
  guest.send('doctor/start', { ...PAGE, port: 'many' });
  guest.send('doctor/result', { probe: 'probe-1', errors: [{ code: -1, text: '', url: '' }] });
  await guest.settle();
  expect(harness.doctor.calls).toHaveLength(before);
});

test('addresses and credentials are not for those who may not watch', async () => {
  const admin = await harness.login('admin');
  const guest = await harness.join('user', 'guest');
  await harness.http('POST', `/api/members/${guest.id}`, { token: admin.token, body: { can_watch: false } });
  guest.send('doctor/start', PAGE);
  expect(await guest.seen('doctor/refused')).toEqual({ message: 'An admin has not allowed you to watch.' });
  expect(harness.doctor.calls).toEqual([]);
});

import { describe, expect, test } from 'vitest';
import { ADMIN, API, ScriptedRoom, session, USER } from './scripted-room.js';

const people = (settings = {}) => ScriptedRoom.with({ ann: ADMIN, bob: USER, cat: USER }, settings);
const host = (actor: string, hostId?: string) =>
  `1,2,3 control/host ${JSON.stringify(hostId === undefined ? { id: actor, has_host: false } : { id: actor, has_host: true, host_id: hostId })}`;

describe('asking over the WebSocket', () => {
  test.each([
    ['C1 without can_host', { bob: { ...USER, can_host: false } }, {}, 'cannot-host'],
    ['C1 in private mode', { bob: USER }, { private_mode: true }, 'private-mode'],
    ['C1 can_host counts before private mode', { bob: { ...USER, can_host: false } }, { private_mode: true }, 'cannot-host'],
    ['C2 controls are locked', { bob: USER }, { locked_controls: true }, 'controls-locked'],
    ['C2 implicit hosting opens no lock', { bob: USER }, { locked_controls: true, implicit_hosting: true }, 'controls-locked'],
    ['C4 private mode does not stop admins', { bob: ADMIN }, { private_mode: true }, null],
    ['C4 a lock does not stop admins', { bob: ADMIN }, { locked_controls: true }, null],
    ['C4 nobody in control', { bob: USER }, {}, null],
  ])('%s', (_rule, members, settings, refused) => {
    const room = ScriptedRoom.with(members, settings).ask('bob');
    expect(room.refused).toBe(refused);
    expect(room.room.hostId).toBe(refused === null ? 'bob' : null);
  });

  test('C4 everybody is told', () => {
    expect(people().ask('bob').told).toEqual([host('bob', 'bob')]);
  });

  test('C2 the host asks again: nothing', () => {
    const room = people().ask('bob').ask('bob');
    expect([room.refused, room.effects]).toEqual(['already-host', []]);
  });

  test('C2 somebody in control and controls locked: nobody is asked', () => {
    const room = people()
      .ask('ann')
      .do({ kind: 'set-settings', actor: session('ann'), patch: { locked_controls: true } })
      .ask('bob');
    expect([room.refused, room.effects]).toEqual(['controls-locked', []]);
  });

  test('C3 with implicit hosting control changes hands at once', () => {
    const room = people({ implicit_hosting: true }).ask('bob').ask('cat');
    expect(room.told).toEqual(['release-input', host('cat', 'cat')]);
  });

  test('C5 the host alone is asked, an admin is not preferred', () => {
    expect(people().ask('bob').ask('cat').told).toEqual(['2 control/request {"id":"cat"}']);
    expect(people().ask('bob').ask('ann').told).toEqual(['2 control/request {"id":"ann"}']);
  });
});

test('C6 one open request per session, until 10 s have passed', () => {
  const room = people().ask('bob').ask('cat');
  expect(room.ask('cat').effects).toEqual([]);
  expect(room.ask('ann').heard).toEqual(['2 control/request']);
  expect(room.after(9_999).ask('cat').effects).toEqual([]);
  expect(room.after(1).ask('cat').heard).toEqual(['2 control/request']);
});

test('C6 a change of control or the leaving of the asker ends its request', () => {
  const room = people().ask('bob').ask('cat');
  room.do({ kind: 'take-control', actor: session('ann') });
  expect(room.ask('cat').heard).toEqual(['1 control/request']);
  room.do({ kind: 'socket-closed', id: 'cat', socket: 3, end: 'closed' }).do({ kind: 'connect', id: 'cat', socket: 4 });
  expect(room.ask('cat').heard).toEqual(['1 control/request']);
});

test('C5 over HTTP implicit hosting does not count, and the lock counts only without a host', () => {
  const ask = (id: string) => ({ kind: 'request-control', actor: session(id), implicit: false }) as const;
  const room = people({ implicit_hosting: true }).do(ask('bob')).do(ask('cat'));
  expect([room.refused, room.heard]).toEqual(['host-was-asked', ['2 control/request']]);
  expect(room.do(ask('bob')).refused).toBe('host-was-asked');
  room.do({ kind: 'set-settings', actor: session('ann'), patch: { locked_controls: true } });
  expect(room.do(ask('bob')).refused).toBe('controls-locked');
  room.do({ kind: 'take-control', actor: session('ann') });
  expect(room.do(ask('bob')).refused).toBe('host-was-asked');
});

test('C7, C10 an admin takes control, and what the old host held is let go', () => {
  const room = people()
    .ask('bob')
    .do({ kind: 'take-control', actor: session('ann') });
  expect(room.told).toEqual(['release-input', host('ann', 'ann')]);
  expect(room.do({ kind: 'take-control', actor: session('ann') }).told).toEqual([host('ann', 'ann')]);
});

test('C7 the holder of the API token has no seat', () => {
  const room = people().do({ kind: 'take-control', actor: API });
  expect([room.room.hostId, room.effects]).toEqual([null, []]);
  expect(room.ask('bob').do({ kind: 'take-control', actor: API }).told).toEqual(['release-input', host('API')]);
});

test('C8 control is given: id the giver, host_id the receiver, connected or not, locked or not', () => {
  const room = people().login('dan', USER);
  room.do({ kind: 'set-settings', actor: session('ann'), patch: { locked_controls: true } });
  expect(room.do({ kind: 'give-control', actor: session('ann'), to: 'dan' }).told).toEqual([host('ann', 'dan')]);
  expect(room.do({ kind: 'give-control', actor: API, to: 'bob' }).told).toEqual(['release-input', host('API', 'bob')]);
});

test.each([
  ['C8 to nobody', 'nobody', 'unknown-session'],
  ['C8 to one who may not host', 'cat', 'target-cannot-host'],
])('%s', (_rule, to, refused) => {
  const room = ScriptedRoom.with({ ann: ADMIN, cat: { ...USER, can_host: false } }).do({
    kind: 'give-control',
    actor: session('ann'),
    to,
  });
  expect([room.refused, room.room.hostId]).toEqual([refused, null]);
});

test('C9, C10 release and reset', () => {
  const room = people().ask('bob');
  expect(room.do({ kind: 'release-control', actor: session('cat') }).refused).toBe('not-host');
  expect(room.do({ kind: 'release-control', actor: session('bob') }).told).toEqual(['release-input', host('bob')]);
  expect(room.do({ kind: 'reset-control', actor: session('ann') }).effects).toEqual([]);
  expect(room.ask('bob').do({ kind: 'reset-control', actor: session('ann') }).told).toEqual(['release-input', host('ann')]);
});

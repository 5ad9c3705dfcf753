import { describe, expect, test } from 'vitest';
import type { InputAction } from '../../../server/room/input-action.js';
import { ADMIN, ScriptedRoom, session, USER } from './scripted-room.js';

const people = (settings = {}) => ScriptedRoom.with({ ann: ADMIN, bob: USER, cat: USER }, settings);
const KEY: InputAction = { kind: 'key-down', keysym: 0x61 };
const MOVE: InputAction = { kind: 'move', x: 3, y: 4 };
const overSocket = (id: string, ...actions: InputAction[]) => ({ kind: 'input', id, actions, asks: true }) as const;
const overChannel = (id: string, ...actions: InputAction[]) => ({ kind: 'input', id, actions, asks: false }) as const;
const carriedOut = (id: string, action: InputAction) => `input ${id} ${JSON.stringify(action)}`;

test.each([
  ['the WebSocket', overSocket],
  ['the data channel', overChannel],
])('RI1 input of the host over %s is carried out in its order', (_way, input) => {
  const room = people()
    .ask('bob')
    .do(input('bob', MOVE, KEY));
  expect([room.refused, room.told]).toEqual([null, [carriedOut('bob', MOVE), carriedOut('bob', KEY)]]);
});

describe('over the WebSocket', () => {
  test('RI2 with nobody in control the input is carried out once everybody knows the new host', () => {
    const room = people().do(overSocket('bob', MOVE, KEY));
    expect([room.refused, room.heard]).toEqual([null, ['1,2,3 control/host', 'input bob', 'input bob']]);
  });

  test('RI2 with implicit hosting it takes control from anybody, whose keys are let go of first', () => {
    const room = people({ implicit_hosting: true }).ask('bob').do(overSocket('cat', KEY));
    expect(room.heard).toEqual(['release-input', '1,2,3 control/host', 'input cat']);
  });

  test.each([
    ['the host is asked instead', {}, USER, 'host-was-asked', ['1 control/request']],
    ['controls are locked', { locked_controls: true }, USER, 'controls-locked', []],
    ['it is private mode', { private_mode: true }, USER, 'private-mode', []],
    ['it may not host', {}, { ...USER, can_host: false }, 'cannot-host', []],
    [
      'controls are locked and hosting is implicit',
      { locked_controls: true, implicit_hosting: true },
      USER,
      'controls-locked',
      [],
    ],
  ])('RI2 input is lost where control is not given: %s', (_why, settings, profile, refused, heard) => {
    const room = ScriptedRoom.with({ ann: ADMIN, bob: profile }, settings)
      .ask('ann')
      .do(overSocket('bob', MOVE, KEY));
    expect([room.refused, room.heard, room.room.hostId]).toEqual([refused, heard, 'ann']);
  });

  test('RI2 input of a session that is no more is lost', () => {
    const room = people().do(overSocket('dan', KEY));
    expect([room.refused, room.effects]).toEqual(['unknown-session', []]);
  });
});

describe('over the data channel', () => {
  test('RI3 it asks for nothing, with nobody in control and with implicit hosting', () => {
    const room = people({ implicit_hosting: true }).do(overChannel('bob', KEY));
    expect([room.refused, room.effects, room.room.hostId]).toEqual(['not-host', [], null]);
  });

  test('RI3 the host needs neither rights nor open controls again', () => {
    const room = people()
      .do({ kind: 'set-settings', actor: session('ann'), patch: { private_mode: true, locked_controls: true } })
      .do({ kind: 'give-control', actor: session('ann'), to: 'bob' })
      .do(overChannel('bob', KEY));
    expect(room.told).toEqual([carriedOut('bob', KEY)]);
  });

  test('RI3, I1 a position without control is shown to others and moves nothing', () => {
    const room = people({ inactive_cursors: true }).ask('bob').do(overChannel('cat', MOVE));
    expect([room.refused, room.told]).toEqual([null, ['wake +750']]);
    expect(room.after(750).told[0]).toBe('1 session/cursors [{"id":"cat","cursors":[{"x":3,"y":4}]}]');
  });
});

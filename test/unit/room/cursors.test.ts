import { expect, test } from 'vitest';
import { ADMIN, ScriptedRoom, session, USER } from './scripted-room.js';

const people = () =>
  ScriptedRoom.with({ ann: ADMIN, bob: USER, cat: { ...USER, sends_inactive_cursor: false } }, { inactive_cursors: true });
const move = (id: string, x: number, y: number) =>
  ({ kind: 'input', id, actions: [{ kind: 'move', x, y }], asks: false }) as const;
const cursors = (...list: object[]) => `1 session/cursors ${JSON.stringify(list)}`;

test('I1 only who sends them, is not host, and while the setting is on', () => {
  expect(people().do(move('cat', 1, 1)).effects).toEqual([]);
  const { effects } = people()
    .ask('bob')
    .do(move('bob', 1, 1));
  expect(effects.filter(({ kind }) => kind !== 'input')).toEqual([]);
  expect(ScriptedRoom.with({ bob: USER }).do(move('bob', 1, 1)).effects).toEqual([]);
});

test('I2, I3 what was collected, one empty list, silence', () => {
  const room = people().do(move('bob', 50, 60));
  expect(room.told).toEqual(['wake +750']);
  expect(room.do(move('bob', 51, 61)).effects).toEqual([]);
  expect(room.after(749).effects).toEqual([]);
  const positions = [
    { x: 50, y: 60 },
    { x: 51, y: 61 },
  ];
  expect(room.after(1).told).toEqual([cursors({ id: 'bob', cursors: positions }), 'wake +750']);
  expect(room.after(750).told).toEqual([cursors()]);
  expect(room.after(10_000).effects).toEqual([]);
  expect(room.do(move('bob', 1, 1)).told).toEqual(['wake +750']);
});

test('I2 an early wake is no tick', () => {
  expect(
    people()
      .do(move('bob', 1, 1))
      .after(10).effects,
  ).toEqual([]);
});

test('I2 a flood of positions is bounded, the latest stay', () => {
  const room = people();
  for (let x = 0; x < 1_000; x += 1) room.do(move('bob', x, 0));
  const [line = ''] = room.after(750).told;
  expect(line.length).toBeLessThan(2_000);
  expect(line).toContain('{"x":999,"y":0}');
});

test('I4 switching off says so at once', () => {
  const room = people().do(move('bob', 1, 1));
  room.do({ kind: 'set-settings', actor: session('ann'), patch: { inactive_cursors: false } });
  expect(room.heard).toEqual(['1 session/cursors', '1,2,3 system/settings']);
  expect(room.told[0]).toBe(cursors());
  expect(room.after(750).effects).toEqual([]);
});

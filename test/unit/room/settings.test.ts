import { expect, test } from 'vitest';
import type { SettingsPatch } from '../../../server/protocol/events/settings.js';
import { ADMIN, API, ScriptedRoom, session, USER } from './scripted-room.js';

const people = (settings = {}) => ScriptedRoom.with({ ann: ADMIN, bob: USER }, settings);
const write = (patch: SettingsPatch) => ({ kind: 'set-settings', actor: session('ann'), patch }) as const;

test('R1 every write is told, flattened, with its actor, even when nothing changed', () => {
  const room = people().do(write({}));
  expect(room.told).toEqual([`1,2 system/settings ${JSON.stringify({ id: 'ann', ...room.room.settings })}`]);
  expect(room.do({ kind: 'set-settings', actor: API, patch: { heartbeat_interval: 7 } }).told[0]).toContain('"id":"API"');
  expect(room.room.settings.heartbeat_interval).toBe(7);
});

test('R2 private mode pauses users and ends their control, then tells; turning it off resumes', () => {
  const room = people()
    .ask('bob')
    .do(write({ private_mode: true }));
  expect(room.heard).toEqual(['resume ann', 'pause bob', 'release-input', '1,2 control/host', '1,2 system/settings']);
  expect(room.told[3]).toContain('{"id":"ann","has_host":false}');
  expect(room.do(write({ private_mode: true })).heard).toEqual(['1,2 system/settings']);
  expect(room.do(write({ private_mode: false })).heard).toEqual(['resume ann', 'resume bob', '1,2 system/settings']);
});

test('R2 private mode leaves an admin in control', () => {
  expect(
    people()
      .ask('ann')
      .do(write({ private_mode: true })).room.hostId,
  ).toBe('ann');
});

test("R3 protection without a connected admin locks and ends a user's control; off unlocks nothing", () => {
  const room = ScriptedRoom.with({ bob: USER })
    .login('ann', ADMIN)
    .ask('bob')
    .do(write({ control_protection: true }));
  expect([room.room.settings.locked_controls, room.room.hostId]).toEqual([true, null]);
  expect(room.do(write({ control_protection: false })).room.settings.locked_controls).toBe(true);
});

test('R3 protection with an admin present changes nothing else', () => {
  const room = people()
    .ask('bob')
    .do(write({ control_protection: true }));
  expect([room.room.settings.locked_controls, room.room.hostId, room.heard]).toEqual([false, 'bob', ['1,2 system/settings']]);
});

test("R4 a lock ends a user's control before the settings are told, an admin's stays", () => {
  const room = people()
    .ask('bob')
    .do(write({ locked_controls: true }));
  expect(room.heard).toEqual(['release-input', '1,2 control/host', '1,2 system/settings']);
  expect(
    people()
      .ask('ann')
      .do(write({ locked_controls: true })).room.hostId,
  ).toBe('ann');
});

test('R5 a room that starts protected starts locked', () => {
  expect(new ScriptedRoom({ control_protection: true }).room.settings.locked_controls).toBe(true);
  expect(new ScriptedRoom({ locked_controls: true }).room.settings.locked_controls).toBe(true);
  expect(new ScriptedRoom().room.settings.locked_controls).toBe(false);
});

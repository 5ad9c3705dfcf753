import { describe, expect, test } from 'vitest';
import type { MemberProfile } from '../../../server/protocol/events/profile.js';
import type { Settings } from '../../../server/protocol/events/settings.js';
import type { Actor } from '../../../server/room/command.js';
import { type Deed, refusalOf } from '../../../server/room/rules/rights.js';
import { ADMIN, API, ScriptedRoom, session, USER } from './scripted-room.js';

/** A room in which `holt` is in control and `who`, an admin or a user, is not. */
function refused(deed: Deed, who: MemberProfile, settings: Partial<Settings> = {}): string | null {
  const { room } = ScriptedRoom.with({ holt: ADMIN, who }, settings).ask('holt');
  return refusalOf(room, session('who'), deed);
}

/** The same with `who` in control, to whom an admin gave it: that asks neither for locks nor for private mode. */
function refusedAsHost(deed: Deed, who: MemberProfile, settings: Partial<Settings> = {}): string | null {
  const { room } = ScriptedRoom.with({ holt: ADMIN, who }, settings).do({
    kind: 'give-control',
    actor: session('holt'),
    to: 'who',
  });
  return refusalOf(room, session('who'), deed);
}

const BLIND = { can_watch: false };
const SEATLESS = { can_host: false };
const NO_CLIPBOARD = { can_access_clipboard: false };
const PRIVATE = { private_mode: true };

test('RR1 watching takes can_watch, of admins too', () => {
  expect(refused('watch', USER)).toBeNull();
  expect(refused('watch', { ...USER, ...BLIND })).toBe('cannot-watch');
  expect(refused('watch', { ...ADMIN, ...BLIND })).toBe('cannot-watch');
  expect(refused('watch', USER, PRIVATE)).toBeNull();
});

test('RR2 the size of the screen is for admins, not for a host who is none', () => {
  expect(refused('set-screen', ADMIN)).toBeNull();
  expect(refused('set-screen', { ...ADMIN, ...BLIND })).toBeNull();
  expect(refusedAsHost('set-screen', USER)).toBe('not-admin');
});

test('RR3 the clipboard is for a host with can_access_clipboard, whose lack is told first', () => {
  expect(refusedAsHost('use-clipboard', USER)).toBeNull();
  expect(refusedAsHost('use-clipboard', { ...ADMIN, ...NO_CLIPBOARD })).toBe('cannot-access-clipboard');
  expect(refused('use-clipboard', ADMIN)).toBe('not-host');
  expect(refused('use-clipboard', { ...ADMIN, ...NO_CLIPBOARD })).toBe('cannot-access-clipboard');
});

describe.each(['see-keyboard', 'see-control', 'ask-for-control', 'release-control'] as const)('%s', (deed) => {
  test.each<[string, MemberProfile, Partial<Settings>, string | null]>([
    ['a user', USER, {}, null],
    ['a user without can_host', { ...USER, ...SEATLESS }, PRIVATE, 'cannot-host'],
    ['a user in private mode', USER, PRIVATE, 'private-mode'],
    ['an admin in private mode', ADMIN, PRIVATE, null],
    ['an admin without can_host', { ...ADMIN, ...SEATLESS }, {}, 'cannot-host'],
    ['a user while controls are locked', USER, { locked_controls: true }, null],
  ])('RR4, RR6 %s', (_who, profile, settings, refusal) => {
    expect(refused(deed, profile, settings)).toBe(refusal);
  });
});

test('RR5 the keyboard is set by the host, whatever it may besides', () => {
  expect(refusedAsHost('set-keyboard', USER)).toBeNull();
  expect(refusedAsHost('set-keyboard', USER, PRIVATE)).toBeNull();
  expect(refused('set-keyboard', ADMIN)).toBe('not-host');
});

test('RR6 control is given by the host or an admin, taken and reset by an admin, and all of them can host', () => {
  expect(refused('give-control', USER)).toBe('not-host-or-admin');
  expect(refused('give-control', ADMIN)).toBeNull();
  expect(refusedAsHost('give-control', USER)).toBeNull();
  expect(refusedAsHost('give-control', USER, PRIVATE)).toBe('private-mode');
  for (const deed of ['take-control', 'reset-control'] as const) {
    expect(refused(deed, ADMIN)).toBeNull();
    expect(refusedAsHost(deed, USER)).toBe('not-admin');
    expect(refused(deed, { ...ADMIN, ...SEATLESS })).toBe('cannot-host');
    expect(refused(deed, USER, PRIVATE)).toBe('private-mode');
  }
});

test('RR6 the room itself refuses who takes, gives or resets control without the right', () => {
  const room = ScriptedRoom.with({ ann: ADMIN, bob: USER, cat: USER }).ask('ann');
  const as = (actor: Actor) => ({ actor, to: 'cat' });
  expect(room.do({ kind: 'take-control', ...as(session('bob')) }).refused).toBe('not-admin');
  expect(room.do({ kind: 'reset-control', ...as(session('bob')) }).refused).toBe('not-admin');
  expect(room.do({ kind: 'give-control', ...as(session('bob')) }).refused).toBe('not-host-or-admin');
  expect([room.effects, room.room.hostId]).toEqual([[], 'ann']);
});

test('RR7 settings and what else admins see to is for admins, host or not', () => {
  expect(refused('administer', ADMIN)).toBeNull();
  expect(refusedAsHost('administer', USER)).toBe('not-admin');
  const room = ScriptedRoom.with({ ann: ADMIN, bob: USER });
  room.do({ kind: 'set-settings', actor: session('bob'), patch: { private_mode: true } });
  expect([room.refused, room.effects, room.room.settings.private_mode]).toEqual(['not-admin', [], false]);
});

const DEEDS: readonly Deed[] = ['watch', 'set-screen', 'see-keyboard', 'ask-for-control', 'take-control', 'administer'];

test('RR8 the API token may what an admin may, and is never host', () => {
  const { room } = ScriptedRoom.with({ ann: ADMIN }, PRIVATE);
  expect(DEEDS.map((deed) => refusalOf(room, API, deed))).toEqual(DEEDS.map(() => null));
  expect([refusalOf(room, API, 'use-clipboard'), refusalOf(room, API, 'set-keyboard')]).toEqual(['not-host', 'not-host']);
});

test('RR9 a session that is no more may do nothing', () => {
  const { room } = ScriptedRoom.with({ ann: ADMIN });
  expect(DEEDS.map((deed) => refusalOf(room, session('gone'), deed))).toEqual(DEEDS.map(() => 'unknown-session'));
});

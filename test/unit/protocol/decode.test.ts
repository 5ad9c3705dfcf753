import { expect, test } from 'vitest';
import { decode } from '../../../server/protocol/decode.js';
import { ControlButton, ControlMove, ControlScroll, ControlTouch } from '../../../server/protocol/events/control.js';
import { KeyboardModifiersPatch } from '../../../server/protocol/events/keyboard.js';
import { MemberProfile, mergeProfile, NEW_MEMBER_PROFILE } from '../../../server/protocol/events/profile.js';
import { ScreenSize } from '../../../server/protocol/events/screen.js';
import { sendClientEvents } from '../../../server/protocol/events/send.js';
import { mergeSettings, SettingsPatch } from '../../../server/protocol/events/settings.js';
import { CandidateInit, SignalRequest } from '../../../server/protocol/events/signal.js';
import { DEFAULT_SETTINGS } from '../../support/default-settings.js';

const unicast = sendClientEvents['send/unicast'];

test.each([
  ['D1 names match without case', ControlMove, { X: 1, y: 2 }, { x: 1, y: 2 }],
  ['D1 the last spelling counts', ControlMove, { x: 1, X: 3, y: 2 }, { x: 3, y: 2 }],
  ['D2 unknown fields are dropped', ControlMove, { x: 1, y: 2, z: 3, constructor: 4 }, { x: 1, y: 2 }],
  ['D3 absent numbers are 0', ControlMove, {}, { x: 0, y: 0 }],
  [
    'D3 null is like absent',
    ControlScroll,
    { delta_x: null, control_key: null },
    { delta_x: 0, delta_y: 0, control_key: false, x: 0, y: 0 },
  ],
  ['D3 a null payload is all defaults', SignalRequest, null, { video: {}, audio: {} }],
  ['D4 optional fields stay absent', ControlButton, { code: 1, x: null }, { code: 1 }],
  ['D4 one coordinate alone', ControlTouch, { x: 5 }, { touch_id: 0, pressure: 0, x: 5 }],
  [
    'D4 nullable fields keep null',
    CandidateInit,
    { candidate: 'c' },
    { candidate: 'c', sdpMid: null, sdpMLineIndex: null, usernameFragment: null },
  ],
  ['D4 null modifiers stay as they are', KeyboardModifiersPatch, { shift: null, numlock: true }, { numlock: true }],
  ['D6 a whole number in exponent form', ControlMove, JSON.parse('{"x":1e2,"y":2.0}'), { x: 100, y: 2 }],
  ['D6 the largest u32', ControlButton, { code: 4294967295 }, { code: 4294967295 }],
  [
    'D7 words without case',
    SignalRequest,
    { video: { selector: { id: 'a', type: 'NEAREST' } } },
    { video: { selector: { id: 'a', type: 'nearest', bitrate: 0 } }, audio: {} },
  ],
  [
    'D7 the empty word is the default',
    SignalRequest,
    { video: { selector: { type: '' } } },
    { video: { selector: { id: '', type: 'exact', bitrate: 0 } }, audio: {} },
  ],
  [
    'D8 free JSON is kept',
    unicast,
    { receiver: 'a', body: { deep: [1, null, 'x'] } },
    { receiver: 'a', subject: '', body: { deep: [1, null, 'x'] } },
  ],
  [
    'D8 plugin values are kept',
    SettingsPatch,
    { plugins: { 'a.b': { e: null }, F: null } },
    { plugins: { 'a.b': { e: null }, F: null } },
  ],
  ['D8 an absent body is null', unicast, { receiver: 'a' }, { receiver: 'a', subject: '', body: null }],
])('%s', (_rule, schema, input, expected) => {
  expect(decode(schema, input)).toEqual({ ok: true, value: expected });
});

test.each([
  ['D5 text for a number', ControlMove, { x: '1', y: 2 }, '/x'],
  ['D5 a list for an object', ControlMove, [1, 2], '/'],
  ['D5 text for an object', SignalRequest, { video: 'main' }, '/video'],
  ['D5 a list for plugins', SettingsPatch, { plugins: [] }, '/plugins'],
  ['D5 a number for a flag', KeyboardModifiersPatch, { shift: 1 }, '/shift'],
  ['D6 a fraction', ControlMove, { x: 1.5, y: 2 }, '/x'],
  ['D6 a negative code', ControlButton, { code: -1 }, '/code'],
  ['D6 pressure beyond u8', ControlTouch, { x: 1, y: 1, pressure: 256 }, '/pressure'],
  ['D6 a rate beyond i16', ScreenSize, { rate: 99_999 }, '/rate'],
  ['D7 another word', SignalRequest, { video: { selector: { type: 'sideways' } } }, '/video/selector'],
  ['D7 a number for a word', SignalRequest, { video: { selector: { type: 2 } } }, '/video/selector'],
])('%s is refused and the place is named', (_rule, schema, input, place) => {
  const result = decode(schema, input);
  expect(result.ok).toBe(false);
  expect(result.ok ? '' : result.error).toMatch(new RegExp(`^${place}`));
});

test('D3 a stored profile without flags may nothing', () => {
  const decoded = decode(MemberProfile, { name: 'Ghost', can_login: true });
  const flags = Object.entries(decoded.ok ? decoded.value : {}).filter(([, value]) => value === true);
  expect(flags).toEqual([['can_login', true]]);
});

test('P1 a patch changes what it names, plugins key by key', () => {
  const settings = { ...DEFAULT_SETTINGS, plugins: { 'a.b': 1 } };
  const patch = decode(SettingsPatch, { private_mode: true, heartbeat_interval: null, plugins: { 'c.d': null } });
  const merged = mergeSettings(settings, patch.ok ? patch.value : {});
  expect(merged).toEqual({ ...settings, private_mode: true, plugins: { 'a.b': 1, 'c.d': null } });
  expect(mergeSettings(merged, { plugins: null }).plugins).toBeNull();
  expect(mergeSettings(merged, {})).toEqual(merged);
});

test('P2 two profiles of one template share no plugins', () => {
  const template = { ...NEW_MEMBER_PROFILE, plugins: { 'chat.can_send': true } };
  const [one, other] = [mergeProfile(template, {}), mergeProfile(template, {})];
  expect(one.plugins).toEqual(template.plugins);
  expect(one.plugins === other.plugins || one.plugins === template.plugins).toBe(false);
});

import { type TSchema, Type } from '@sinclair/typebox';
import { expect, test } from 'vitest';
import { decode, mismatchOf as refusalCodeOf } from '../../../server/protocol/decode.js';
import { errorMessage } from '../../../server/protocol/errors/http-errors.js';
import { decodeEnvelope } from '../../../server/protocol/events/envelope.js';
import { clientEvents } from '../../../server/protocol/events/events.js';
import { MemberProfilePatch, NEW_MEMBER_PROFILE } from '../../../server/protocol/events/profile.js';
import { SettingsPatch } from '../../../server/protocol/events/settings.js';
import { FIELD_LIMITS } from '../../../server/protocol/limits.js';
import { accountNameTrouble, cleanName, Name, nameTrouble, Password } from '../../../server/protocol/name.js';
import { newSession } from '../../../server/room/room-state.js';
import { loginOf } from '../../support/sessions.js';

function refusalOf(...asked: Parameters<typeof refusalCodeOf>): string | undefined {
  const code = refusalCodeOf(...asked);
  return code && errorMessage(code);
}

/** A text as long as allowed, and one character more. */
const texts = ({ value }: { readonly value: number }) => ['x'.repeat(value), 'x'.repeat(value + 1)];
const plugins = (count: number) => ({ plugins: Object.fromEntries(Array.from({ length: count }, (_, key) => [`p.${key}`, 1])) });
const events = clientEvents;

test.each<[string, TSchema, (content: string) => unknown, { readonly value: number }]>([
  ['a name', Type.Object({ name: Name }), (name) => ({ name }), FIELD_LIMITS.name],
  ['the name of a profile', MemberProfilePatch, (name) => ({ name }), FIELD_LIMITS.name],
  ['a password', Password, (text) => text, FIELD_LIMITS.password],
  ['a receiver', events['send/unicast'], (receiver) => ({ receiver }), FIELD_LIMITS.id],
  ['a subject', events['send/broadcast'], (subject) => ({ subject }), FIELD_LIMITS.subject],
  ['text to copy', events['clipboard/set'], (text) => ({ text }), FIELD_LIMITS.clipboard],
  ['text to paste', events['control/paste'], (text) => ({ text }), FIELD_LIMITS.clipboard],
  ['an answer', events['signal/answer'], (sdp) => ({ sdp }), FIELD_LIMITS.sdp],
  ['an answer to a probe', events['doctor/answer'], (sdp) => ({ sdp }), FIELD_LIMITS.sdp],
  ['a candidate', events['signal/candidate'], (candidate) => ({ candidate }), FIELD_LIMITS.candidate],
  ['a stream', events['signal/video'], (id) => ({ selector: { id } }), FIELD_LIMITS.id],
  ['a layout', events['keyboard/map'], (layout) => ({ layout }), FIELD_LIMITS.layout],
  ['a variant', events['keyboard/map'], (variant) => ({ variant }), FIELD_LIMITS.layout],
])('D9 %s may be as long as its bound and no longer', (_name, schema, payload, limit) => {
  expect(texts(limit).map((text) => decode(schema, payload(text)).ok)).toEqual([true, false]);
});

test.each<[string, TSchema, unknown, unknown]>([
  ['plug-in values of a profile', MemberProfilePatch, plugins(64), plugins(65)],
  ['plug-in values of the room', SettingsPatch, plugins(64), plugins(65)],
  ['lines of a log', events['system/logs'], Array(100).fill({}), Array(101).fill({})],
  ['a position', events['control/move'], { x: 2 ** 53 - 1, y: 0 }, { x: 2 ** 53, y: 0 }],
  ['a bitrate', events['signal/video'], { selector: { bitrate: 2 ** 64 } }, { selector: { bitrate: 1e300 } }],
  ['a time', events['doctor/result'], { rtt_ms: 0 }, { rtt_ms: -1 }],
])('D9 %s at the bound and beyond', (_name, schema, within, beyond) => {
  expect([decode(schema, within).ok, decode(schema, beyond).ok]).toEqual([true, false]);
});

test.each([
  ['lists', '[', ']'],
  ['objects', '{"a":', '}'],
])('D9 %s within each other, at the bound and beyond, in the event’s payload', (_name, open, close) => {
  const nested = (levels: number) => `${open.repeat(levels)}"[[{"${close.repeat(levels)}`;
  const read = (levels: number) => decodeEnvelope(`{"event":"send/broadcast","payload":${nested(levels)}}`);
  expect(read(FIELD_LIMITS.depth.value - 1).ok).toBe(true);
  expect(read(FIELD_LIMITS.depth.value)).toEqual({ ok: false, error: 'nested too deep' });
});

test('D9 text of any length with brackets in it is no nesting', () => {
  const text = '[{\\"'.repeat(1_000);
  const read = decodeEnvelope(`{"event":"clipboard/set","payload":{"text":"${text}"}}`);
  expect(read.ok && read.value.payload).toEqual({ text: '[{"'.repeat(1_000) });
});

/** Every place of a schema where a client's text, list or map is taken, by its path. */
function unbounded(schema: TSchema, path = ''): string[] {
  if (schema.type === 'string' && schema.maxLength === undefined && schema.const === undefined) return [path];
  if (schema.type === 'array') return [...(schema.maxItems === undefined ? [path] : []), ...unbounded(schema.items, `${path}[]`)];
  if (schema.type === 'number' || schema.type === 'integer')
    return schema.minimum === undefined || schema.maximum === undefined ? [path] : [];
  const inner: [string, TSchema][] = Object.entries(schema.properties ?? {});
  return [
    ...inner.flatMap(([name, property]) => unbounded(property, `${path}/${name}`)),
    ...(schema.anyOf ?? []).flatMap((variant: TSchema) => unbounded(variant, path)),
  ];
}

test('D9 no event of a client has a text, list or number without a bound', () => {
  const found = Object.entries(clientEvents).flatMap(([event, schema]) => (schema === null ? [] : unbounded(schema, event)));
  // Of these a few hundred characters are read, and a whole message has at most 64 KiB.
  expect(found).toEqual(['system/logs[]/level', 'system/logs[]/message']);
});

test.each([
  ['a line end', 'a\nb'],
  ['a carriage return', 'a\r'],
  ['an escape sequence', '\u001b[31m'],
  ['NUL', '\0'],
  ['a C1 control', '\u0085'],
  ['a line separator', 'a\u2028b'],
  ['a turn of direction', 'a\u202eb'],
  ['half a surrogate pair', '\ud800evil'],
  ['the other half at its end', 'evil\udc00'],
  ['a blank alone', ' '],
  ['blanks of many kinds alone', '\u00a0\u2003\u3000'],
  ['characters without width alone', '\u200b\u2060\ufeff'],
  ['fillers alone', '\u3164\u115f\uffa0\u2800'],
  ['a tag and a variation selector alone', '\u{e0041}\ufe0f'],
  ['a mark without a letter alone', '\u0301'],
])('D10 a name with %s is refused, and stripped where it was stored', (_name, text) => {
  expect(decode(Name, text).ok).toBe(false);
  expect(decode(Name, cleanName(text)).ok).toBe(true);
});

test('D10 names of any script count by character; absent ones are empty', () => {
  expect(decode(Name, '😀'.repeat(128)).ok).toBe(true);
  expect(decode(Name, '😀'.repeat(129)).ok).toBe(false);
  expect(decode(Type.Object({ name: Name }), {})).toEqual({ ok: true, value: { name: '' } });
  expect(decode(Name, 'Ève O’Neil-中文 (2) @home')).toMatchObject({ ok: true });
});

test.each(['', '.', '-', '1', '中', 'à', 'A\u200b', '\u200d👩\u200d💻', 'नी', '€', 'a b', '\u{1fae9}'])(
  'D10 the name %j is taken as it is',
  (name) => {
    expect(decode(Name, name)).toEqual({ ok: true, value: name });
    expect(cleanName(name)).toBe(name);
    expect(nameTrouble(name)).toBeUndefined();
  },
);

test('D10 who sends a name that is none is told what a name is, and of other mistakes nothing of it', () => {
  const schema = Type.Object({ name: Name, password: Password });
  expect(refusalOf(schema, { name: '\u200b' })).toMatch(/^a name is one line of at most 128 characters/);
  expect(refusalOf(MemberProfilePatch, { name: '\ud800' })).toContain('can be seen');
  expect([refusalOf(schema, { name: 5 }), refusalOf(schema, { password: 'x'.repeat(2_000) })]).toEqual([undefined, undefined]);
});

test.each(['', '.', '..', ' ', '\ud800', 'a\nb', 'x'.repeat(129)])('no account is called %j', (username) => {
  expect(accountNameTrouble(username)).toBeDefined();
  expect(accountNameTrouble(`${username}a`.slice(-100).replace(/[^a-z.]/g, ''))).toBeUndefined();
});

test('D10 a stored name is cut, however long it is, and the room never holds another', () => {
  expect(cleanName('x'.repeat(8_000_000))).toBe('x'.repeat(128));
  expect(cleanName('😀'.repeat(200))).toBe('😀'.repeat(128));
  expect(cleanName(`${'\u200b'.repeat(128)}seen`)).toBe('');
  expect(decode(Name, cleanName(`${'x'.repeat(1_023)}😀`)).ok).toBe(true);
  const session = newSession(loginOf('a', { ...NEW_MEMBER_PROFILE, name: `${'y'.repeat(500)}\n` }), 0);
  expect(session.profile.name).toBe('y'.repeat(128));
});

test.each([1, true, [], {}])('a name that is %j, and no text, is refused', (name) => {
  expect(decode(Type.Object({ name: Name }), { name }).ok).toBe(false);
  expect(decode(Type.Object({ name: Name }), {})).toEqual({ ok: true, value: { name: '' } });
});

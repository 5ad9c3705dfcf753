import { readFileSync } from 'node:fs';
import { KindGuard, type TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { transformSync } from 'esbuild';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileReaders } from '../../../client/wire/compile-readers.js';
import { PAGE_EVENTS } from '../../../client/wire/page-events.js';
import { readMessage } from '../../../client/wire/read-message.js';
import { serverEvents } from '../../../server/protocol/events/events.js';

const read = (event: string, payload?: unknown) => readMessage(JSON.stringify({ event, payload }));
/** As it is on the wire: without what is undefined. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const code = (text: string) => transformSync(text, { loader: 'ts', minify: true }).code;

/** Any value that a schema allows, its texts short. */
function valid(schema: TSchema): fc.Arbitrary<unknown> {
  if (KindGuard.IsString(schema)) return fc.string({ minLength: schema.minLength ?? 0 });
  if (KindGuard.IsBoolean(schema)) return fc.boolean();
  if (KindGuard.IsInteger(schema))
    return fc.maxSafeInteger().map((value) => Math.min(schema.maximum ?? value, Math.max(schema.minimum ?? value, value)));
  if (KindGuard.IsNumber(schema)) return fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
  if (KindGuard.IsLiteral(schema)) return fc.constant(schema.const);
  if (KindGuard.IsNull(schema)) return fc.constant(null);
  if (KindGuard.IsUnknown(schema)) return fc.jsonValue();
  if (KindGuard.IsUnion(schema)) return fc.oneof(...schema.anyOf.map(valid));
  if (KindGuard.IsArray(schema)) return fc.array(valid(schema.items), { minLength: schema.minItems ?? 0, maxLength: 4 });
  if (KindGuard.IsRecord(schema))
    return fc.dictionary(fc.string(), fc.oneof(...Object.values<TSchema>(schema.patternProperties).map(valid)), { maxKeys: 4 });
  if (!KindGuard.IsObject(schema)) throw new Error(`no values for ${schema.type}`);
  const optional = Object.entries(schema.properties).filter(([, each]) => KindGuard.IsOptional(each));
  const always = Object.keys(schema.properties).filter((name) => !optional.some(([known]) => known === name));
  return fc.record(Object.fromEntries(Object.entries(schema.properties).map(([name, each]) => [name, valid(each)])), {
    requiredKeys: always,
  });
}

test('readers.ts is what `npm run readers` writes', () => {
  const committed = readFileSync(new URL('../../../client/wire/readers.ts', import.meta.url), 'utf8');
  expect(code(committed)).toBe(code(compileReaders()));
});

test.each(PAGE_EVENTS)('E6 %s of the shape of its schema is read as it is', (event) => {
  fc.assert(
    fc.property(valid(serverEvents[event]), (payload) => {
      expect(plain(read(event, payload))).toEqual(plain({ event, payload }));
    }),
    { numRuns: 60 },
  );
});

test.each(PAGE_EVENTS)('E6 %s of whatever shape is read into that of its schema, or not at all', (event) => {
  const schema = serverEvents[event];
  const names = KindGuard.IsObject(schema) ? Object.keys(schema.properties) : [];
  const broken = fc
    .tuple(valid(schema), fc.constantFrom('', ...names), fc.jsonValue())
    .map(([payload, name, other]) => (typeof payload === 'object' ? { ...payload, [name]: other } : other));
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), broken), (payload) => {
      const message = read(event, payload);
      if (message === null) return;
      expect(message.event).toBe(event);
      expect([...Value.Errors(schema, plain(message.payload))]).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

const PROFILE = { name: 'ann', is_admin: true, a_new_right: true };
const STATE = { is_connected: true, is_watching: 'yes' };

test('E7 what a server does not say, or says in another way, takes its default', () => {
  const message = read('session/created', { id: 'a', profile: PROFILE, state: STATE, more: {} });
  expect(message?.payload).toMatchObject({
    id: 'a',
    profile: { name: 'ann', is_admin: true, can_host: false, plugins: null },
    state: { is_connected: true, is_watching: false },
  });
  expect(Object.keys(plain(message?.payload) as object)).toEqual(['id', 'profile', 'state']);
  expect(read('signal/offer')).toEqual({ event: 'signal/offer', payload: { sdp: '' } });
  expect(read('screen/updated', { width: '5', height: 1.5, rate: 70_000 })?.payload).toMatchObject({
    width: 0,
    height: 0,
    rate: 0,
  });
});

test('E7 sessions, findings and servers that cannot be read are left out, the others count', () => {
  const sessions = { a: { id: 'a', profile: PROFILE, state: STATE }, b: 5, c: { profile: PROFILE }, d: { id: '' } };
  const room = read('system/init', { session_id: 'a', sessions });
  expect(room?.event === 'system/init' && Object.keys(room.payload.sessions)).toEqual(['a']);
  const finding = { id: 'x', kind: 'udp', state: 'works', rtt_ms: 'soon' };
  const findings = [finding, { ...finding, kind: 'pigeon' }, { ...finding, state: 'dubious' }, null, [finding]];
  expect(read('doctor/report', { done: true, findings })?.payload).toMatchObject({
    done: true,
    tested: 0,
    findings: [{ id: 'x', side: 'browser', kind: 'udp', state: 'works', rtt_ms: null, cause: null, label: '' }],
  });
});

test.each([
  ['system/init', { session_id: 'a' }],
  ['system/init', { session_id: 'a', sessions: [] }],
  ['system/init', { session_id: '', sessions: {} }],
  ['session/created', { profile: PROFILE, state: STATE }],
  ['doctor/probe', { probe: 'x', kind: 'pigeon' }],
])('E8 %s with %j is ignored', (event, payload) => {
  expect(read(event, payload)).toBeNull();
});

import assert from 'node:assert/strict';
import type { TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import fc from 'fast-check';
import { decode } from '../../../server/protocol/decode.js';
import { decodeEnvelope, decodePayload, encodeEnvelope } from '../../../server/protocol/events/envelope.js';
import { clientEvents } from '../../../server/protocol/events/events.js';
import { expectLinear } from '../cost.js';
import { mutatedText } from '../mutated.js';
import { holds, type Target } from '../target.js';

const NAMES = Object.keys(clientEvents);
const SCHEMAS: readonly (readonly [string, TSchema])[] = Object.entries(clientEvents).flatMap(([name, schema]) =>
  schema === null ? [] : [[name, schema] as const],
);
const FIELDS = [...new Set(SCHEMAS.flatMap(([, schema]) => Object.keys(schema.properties ?? {})))];

const fieldName = fc.oneof(
  fc.constantFrom(...FIELDS),
  fc.constantFrom(...FIELDS).map((name) => name.toUpperCase()),
  fc.constantFrom('__proto__', 'constructor', 'toString', ''),
  fc.string({ maxLength: 8 }),
);
const { value: anyValue } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, true, false, '', 0, -1, 0.5, 2 ** 31, 2 ** 53, 1e300, '1', 'exact'),
    fc.integer(),
    fc.string({ maxLength: 20 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(fieldName, tie('value')), { maxLength: 6 }).map((entries) => Object.fromEntries(entries)),
  ),
}));
const payload = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.array(fc.tuple(fieldName, anyValue), { maxLength: 8 }).map((entries) => Object.fromEntries(entries)),
  },
  { weight: 1, arbitrary: anyValue },
);
const eventName = fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...NAMES) }, { weight: 1, arbitrary: fc.string() });
const envelopeText = fc.tuple(eventName, payload).map(([event, content]) => JSON.stringify({ event, payload: content }));
const anyText = fc.oneof(
  envelopeText,
  mutatedText(envelopeText, fc.constantFrom('{', '}', '[', ']', '"', '\\', ',', '\u0000', '"payload":', '\ud800')),
  fc.string(),
  fc.json(),
);

export const events: Target = {
  name: 'events',
  properties: [
    holds('what is written is read back the same', [fc.string({ minLength: 1 }), fc.jsonValue()], (event, content) => {
      const read = decodeEnvelope(encodeEnvelope({ event, payload: content }));
      assert(read.ok && read.value.event === event);
      assert.deepEqual(read.value.payload, JSON.parse(JSON.stringify(content)));
    }),
    holds('any text is an event with a payload, or an error', [anyText], (text) => {
      const read = decodeEnvelope(text);
      if (!read.ok) assert(read.error.length < 200);
      else assert(read.value.event.length > 0);
    }),
    holds(
      'whatever passes a schema is of its shape, and passes again as it is',
      [fc.constantFrom(...SCHEMAS), payload],
      ([, schema], content) => {
        const read = decodePayload(schema, content);
        if (!read.ok) {
          assert(read.error.length < 300);
          return;
        }
        assert(Value.Check(schema, read.value));
        assert.deepEqual(decode(schema, read.value), read);
      },
    ),
    holds(
      'nothing that is sent reaches the prototype of anything',
      [fc.constantFrom(...SCHEMAS), payload],
      ([, schema], content) => {
        decodePayload(
          schema,
          JSON.parse(`{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"x":${JSON.stringify(content)}}`),
        );
        assert.equal(Reflect.get({}, 'polluted'), undefined);
      },
    ),
    holds(
      'reading it, and passing it on, costs in proportion to the text',
      [fc.constantFrom(...SCHEMAS), fc.constantFrom(['[', ']'], ['{"a":', '}'], ['"x",', ''], ['{"x":1},', ''])],
      ([name], [open, close]) => {
        const of = (size: number) => `{"event":"${name}","payload":[${open!.repeat(size)}0${close!.repeat(size)}]}`;
        const times = (text: string) => {
          const read = decodeEnvelope(text);
          if (!read.ok) return;
          for (const [, schema] of SCHEMAS) decodePayload(schema, read.value.payload);
          encodeEnvelope(read.value);
        };
        expectLinear(of, times, 500);
      },
    ),
  ],
};

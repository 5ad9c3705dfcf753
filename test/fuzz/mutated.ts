import fc from 'fast-check';

/** Any bytes, as a buffer. */
export function anyBytes(maxLength: number): fc.Arbitrary<Buffer> {
  return fc.uint8Array({ maxLength }).map((bytes) => Buffer.from(bytes));
}

/** Plain objects of these fields, as a decoder makes them. */
export function record<T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record(model, { noNullPrototype: true });
}

type Change =
  | { readonly kind: 'set'; readonly at: number; readonly value: number }
  | { readonly kind: 'cut'; readonly at: number }
  | { readonly kind: 'insert'; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: 'repeat'; readonly at: number; readonly length: number };

const place = fc.nat({ max: 0xffff });
const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 6, arbitrary: record({ kind: fc.constant('set' as const), at: place, value: fc.nat({ max: 255 }) }) },
  { weight: 1, arbitrary: record({ kind: fc.constant('cut' as const), at: place }) },
  {
    weight: 1,
    arbitrary: record({ kind: fc.constant('insert' as const), at: place, bytes: fc.uint8Array({ maxLength: 8 }) }),
  },
  { weight: 1, arbitrary: record({ kind: fc.constant('repeat' as const), at: place, length: fc.nat({ max: 40 }) }) },
);

/** Bytes of `source` with some of them changed, cut off, put in or repeated; now and then as they are. */
export function mutated(source: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Buffer> {
  return fc
    .tuple(source, fc.array(change, { maxLength: 4 }))
    .map(([bytes, changes]) => changes.reduce(apply, Buffer.from(bytes)));
}

function apply(bytes: Buffer, step: Change): Buffer {
  const at = step.at % (bytes.length + 1);
  switch (step.kind) {
    case 'set': {
      const copy = Buffer.from(bytes);
      if (at < copy.length) copy[at] = step.value;
      return copy;
    }
    case 'cut':
      return bytes.subarray(0, at);
    case 'insert':
      return Buffer.concat([bytes.subarray(0, at), step.bytes, bytes.subarray(at)]);
    case 'repeat':
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at, at + step.length), bytes.subarray(at)]);
  }
}

/** Text of `source` with pieces of it repeated, cut off or replaced. */
export function mutatedText(source: fc.Arbitrary<string>, pieces: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const edit = record({ at: place, remove: fc.nat({ max: 30 }), put: pieces, times: fc.integer({ min: 0, max: 3 }) });
  return fc.tuple(source, fc.array(edit, { maxLength: 4 })).map(([text, edits]) =>
    edits.reduce((before, { at, remove, put, times }) => {
      const from = at % (before.length + 1);
      return before.slice(0, from) + put.repeat(times) + before.slice(from + remove);
    }, text),
  );
}

/** IP addresses as the system writes them, those with a zone included. */
export const anyAddress: fc.Arbitrary<string> = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.constantFrom(
    '::',
    '::1',
    '::ffff:192.0.2.1',
    'fe80::1',
    'fe80::1%eth0',
    'fe80::a:b%3',
    'ff02::fb%lo',
    '0.0.0.0',
    '127.0.0.1',
  ),
);

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chain, quoted } from '../../../server/capture/pipelines/launch-text.js';

test.each([
  [['a', 'b'], 'a ! b'],
  [['a', '! video/x-raw,format=NV12', 'b'], 'a ! video/x-raw,format=NV12 ! b'],
  [['a ! video/x-raw', '! video/x-raw,format=NV12', 'b'], 'a ! video/x-raw ! capsfilter caps=video/x-raw,format=NV12 ! b'],
  [['a ! audio/x-raw', 'audio/x-raw, rate=8000', 'b'], 'a ! audio/x-raw ! capsfilter caps="audio/x-raw, rate=8000" ! b'],
  [
    ['a ! video/x-raw(memory:CUDAMemory) ! video/x-raw', 'b'],
    'a ! video/x-raw(memory:CUDAMemory) ! capsfilter caps=video/x-raw ! b',
  ],
  [['a !', '!', '! b ! ! c', undefined, ''], 'a ! b ! c'],
  [['a text="x ! y" ! b', "c='!'"], `a text="x ! y" ! b ! c='!'`],
  [['a ! tee name=t ! f t. ! queue', 'b'], 'a ! tee name=t ! f t. ! queue ! b'],
])('links %o', (texts, expected) => {
  expect(chain(...texts)).toBe(expected);
});

test.each([
  ['cbr', 'cbr'],
  ['a b', '"a b"'],
  ['"a b"', '"a b"'],
  ['"a', '"\\"a"'],
  ['a!b', '"a!b"'],
  ['', '""'],
  ['a\\', '"a\\\\"'],
])('quotes %s', (value, expected) => {
  expect(quoted(value)).toBe(expected);
});

test('whatever is linked, no two "!" and no two caps follow each other', () => {
  const piece = fc.constantFrom(
    '!',
    ' ! ',
    'queue',
    'video/x-raw',
    'video/x-raw,format=NV12',
    'audio/x-raw, rate=1',
    'a text="!"',
    ' ',
  );
  fc.assert(
    fc.property(
      fc.array(
        fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(' ! ')),
        { maxLength: 5 },
      ),
      (texts) => {
        const linked = chain('source', ...texts, 'sink').replaceAll('"!"', '""');
        expect(linked).not.toMatch(/!\s*!/);
        expect(linked).not.toMatch(/! (?:video|audio)\/[^!]* ! (?:video|audio)\//);
      },
    ),
  );
});

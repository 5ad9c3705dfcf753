import { decode } from 'fast-png';
import { expect, test } from 'vitest';
import { cursorImage, MAX_PNG_BYTES, straightRgba } from '../../../server/desktop/screen/cursor-image.js';

test('premultiplied B G R A becomes straight R G B A', () => {
  const pixels = [
    [10, 20, 30, 255],
    [5, 10, 64, 128],
    [9, 9, 9, 0],
    // More colour than alpha cannot be; it must not overflow.
    [200, 0, 0, 100],
  ];
  expect([...straightRgba(Uint8Array.from(pixels.flat()))]).toEqual([
    30, 20, 10, 255, 128, 20, 10, 128, 0, 0, 0, 0, 0, 0, 255, 100,
  ]);
});

test('the PNG shows the pixels and ends in a plain IEND chunk', () => {
  const image = cursorImage({ width: 2, height: 1, xhot: 1, yhot: 0, cursorImage: Buffer.from([0, 0, 255, 255, 0, 0, 0, 0]) });
  expect(image).toMatchObject({ width: 2, height: 1, hotspotX: 1, hotspotY: 0 });
  expect([...decode(image.png).data]).toEqual([255, 0, 0, 255, 0, 0, 0, 0]);
  expect(image.png.subarray(-12).toString('hex')).toBe('0000000049454e44ae426082');
});

test('a shape that does not fit the 16-bit length is halved, its hotspot too', () => {
  let seed = 1;
  const noise = Buffer.alloc(256 * 256 * 4, 255);
  for (let at = 0; at < noise.length; at++) {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    if (at % 4 !== 3) noise[at] = seed >>> 24;
  }
  const image = cursorImage({ width: 256, height: 256, xhot: 200, yhot: 101, cursorImage: noise });
  expect(image.png.length).toBeLessThanOrEqual(MAX_PNG_BYTES);
  expect(image).toMatchObject({ width: 128, height: 128, hotspotX: 100, hotspotY: 50 });
  expect(decode(image.png)).toMatchObject({ width: 128, height: 128 });
});

test('a shape without pixels is a transparent one, which clients take for hidden', () => {
  const image = cursorImage({ width: 0, height: 0, xhot: 0, yhot: 0, cursorImage: Buffer.alloc(0) });
  expect(image).toMatchObject({ width: 1, height: 1, hotspotX: 0, hotspotY: 0 });
  expect([...decode(image.png).data]).toEqual([0, 0, 0, 0]);
});

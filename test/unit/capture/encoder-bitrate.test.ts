import { expect, test } from 'vitest';
import { defaultEncoder } from '../../../server/capture/encoders/default-encoders.js';
import { bitrateSettings } from '../../../server/capture/encoders/encoder-bitrate.js';

const told = (text: string) =>
  bitrateSettings(text, 2_500_400).map(({ element, property, value }) => `${element} ${property}=${value}`);

test.each([
  [defaultEncoder('vp8', 1, () => true), ['vp8enc target-bitrate=2500400']],
  [defaultEncoder('vp9', 1, () => true), ['vp9enc target-bitrate=2500400']],
  [defaultEncoder('av1', 1, () => true), ['av1enc target-bitrate=2500']],
  [defaultEncoder('h264', 1, () => true), ['x264enc bitrate=2500']],
  [defaultEncoder('h264', 3_000_000, (name) => name === 'openh264enc'), ['openh264enc bitrate=2500400']],
  [defaultEncoder('h264', 1_000_000, (name) => name === 'openh264enc'), ['openh264enc bitrate=1300000']],
  [defaultEncoder('h265', 1, () => true), ['x265enc bitrate=2500']],
  ['videoconvert ! vah264enc bitrate=1 ! h264parse', ['vah264enc bitrate=2500']],
  ['videoconvert ! vaapivp8enc bitrate=1', ['vaapivp8enc bitrate=2500']],
  ['videoconvert ! nvh264enc bitrate=1', ['nvh264enc bitrate=2500']],
  ['videoconvert ! v4l2h264enc', []],
  ['videoconvert ! somethingenc bitrate=1', []],
  ['opusenc bitrate=1', ['opusenc bitrate=2500400']],
  ['mulawenc', []],
])('J11 each encoder is told in its own property and unit: %s', (text, settings) => {
  expect(told(text)).toEqual(settings);
});

test('J11 an encoder is never told nothing at all, which would mean its default', () => {
  expect(bitrateSettings('x264enc', 100)).toEqual([{ element: 'x264enc', property: 'bitrate', value: '1' }]);
});

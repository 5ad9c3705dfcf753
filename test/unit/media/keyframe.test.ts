import { expect, test } from 'vitest';
import { startsKeyframe } from '../../../server/media/rtp/keyframe.js';
import type { CodecName } from '../../../server/protocol/codec.js';
import { hex } from './ciphers.js';

test.each<[CodecName, string, boolean, string]>([
  ['vp8', '10 00', true, 'no extension'],
  ['vp8', '10 01', false, 'inter frame'],
  ['vp8', '00 00', false, 'not the start of a partition'],
  ['vp8', '11 00', false, 'second partition'],
  ['vp8', '90 80 81 23 00', true, 'picture id of 15 bits'],
  ['vp8', '90 80 12 01', false, 'picture id of 7 bits, inter frame'],
  ['vp8', '90 f0 81 23 05 20 00', true, 'picture id, TL0PICIDX and layer'],
  ['vp8', '90 80', false, 'cut short'],
  ['vp9', '08', true, 'first packet of a key picture'],
  ['vp9', '8c 80 01', true, 'with picture id, end of frame too'],
  ['vp9', '48', false, 'predicted'],
  ['vp9', '04', false, 'not the beginning'],
  ['vp9', 'a8 05 02', false, 'upper spatial layer'],
  ['h264', '67 42 e0', true, 'SPS'],
  ['h264', '65 88', true, 'IDR'],
  ['h264', '41 9a', false, 'non-IDR'],
  ['h264', '78 0002 09f0 0003 6742e0', true, 'STAP-A with SPS behind a delimiter'],
  ['h264', '78 0002 09f0 0002 419a', false, 'STAP-A without'],
  ['h264', '78 ffff 09', false, 'STAP-A that lies'],
  ['h264', '7c 85 00', true, 'FU-A, first fragment of an IDR'],
  ['h264', '7c 05 00', false, 'FU-A, later fragment'],
  ['h265', '40 01 0c', true, 'VPS'],
  ['h265', '26 01 af', true, 'IDR_W_RADL'],
  ['h265', '02 01 d0', false, 'TRAIL_R'],
  ['h265', '60 01 0003 40010c 0002 4201', true, 'aggregation with VPS'],
  ['h265', '62 01 93', true, 'first fragment of an IDR'],
  ['h265', '62 01 13', false, 'later fragment'],
  ['av1', '18 0a', true, 'new coded video sequence'],
  ['av1', '10 32', false, 'the sequence goes on'],
  ['opus', '', true, 'sound always stands alone'],
])('%s %s: %s (%s)', (codec, payload, expected) => {
  const bytes = hex(payload);
  expect(startsKeyframe(codec, bytes, 0, bytes.length)).toBe(expected);
});

import { expect, test } from 'vitest';
import { evaluateNumber, evaluateText } from '../../../server/capture/pipelines/expression.js';

const SCREEN = { width: 1280, height: 720, fps: 30 };

test.each([
  ['width', 1280],
  ['width * 2 / 4', 640],
  ['round(height / 7)', 103],
  ['round(-2.5)', -3],
  ['round(width)', 1280],
  ['2 + 3 * 4 ** 2', 50],
  ['(2 + 3) * 4 % 7', 6],
  ['-width + 1', -1279],
  ['fps > 25 ? 25 : fps', 25],
  ['width >= 1920 && height >= 1080 ? 60 : 30', 30],
  ['1 << 4 | 3', 19],
  ['~0 & 255', 255],
  ['unknown ?? 12', 12],
  ['height in [600, 720] ? 1 : 0', 1],
  ['"25"', 25],
  ['1.5e3', 1500],
])('%s is %d', (text, expected) => {
  expect(evaluateNumber(text, SCREEN)).toEqual({ ok: true, value: expected });
});

test.each([
  ['cbr', 'cbr'],
  ['zerolatency', 'zerolatency'],
  ['low-latency-hq', 'low-latency-hq'],
  ['"low-latency-hq"', 'low-latency-hq'],
  ['round(3072 * 650)', '1996800'],
  ['3072 * 650', '1996800'],
  ['1 / 2', '0.5'],
  ['true', 'true'],
  ['width > 1000', 'true'],
  ['"a" + "b"', 'ab'],
  ['"1" + "2"', '3'],
  ['fps =~ "x" ? 1 : 2', undefined],
  ['width - unknown', undefined],
  ['width *', undefined],
  ['1 / 0', undefined],
  ['[1, 2]', undefined],
  ['nosuch(1)', undefined],
  ['4 $ 5', undefined],
])('as a property, %s gives %s', (text, expected) => {
  const result = evaluateText(text, SCREEN);
  if (expected === undefined) expect(result.ok).toBe(false);
  else expect(result).toEqual({ ok: true, value: expected });
});

test('an expression that gives no number is an error that shows it', () => {
  expect(evaluateNumber('wide', SCREEN)).toEqual({ ok: false, error: '"wide" gives no number' });
});

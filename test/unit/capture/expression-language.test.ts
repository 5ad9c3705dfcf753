import { expect, test } from 'vitest';
import { evaluateText } from '../../../server/capture/pipelines/expression.js';

const SCREEN = { width: 1280, height: 720, fps: 30 };

/** Every construct of the language, and how it binds. */
test.each([
  // Numbers and how they are printed: plain digits, where neko has exponents that GStreamer refuses.
  ['12288', '12288'],
  ['0.5', '0.5'],
  ['3072 * 650', '1996800'],
  ['1e3', '1000'],
  ['1.5E-1', '0.15'],
  ['round(0.5)', '1'],
  ['round(1.5)', '2'],
  ['round(-0.5)', '-1'],
  ['round(width)', '1280'],
  ['round("7.6")', '8'],
  // Arithmetic, in double precision.
  ['7 / 2', '3.5'],
  ['7 % 4', '3'],
  ['7.5 % 2', '1.5'],
  ['2 ** 3 ** 0', '1'],
  ['-2 ** 2', '4'],
  ['-(1 + 2)', '-3'],
  ['2 + 3 * 4 - 6 / 2', '11'],
  ['(2 + 3) * 4', '20'],
  // Bit operations on the integer parts.
  ['6 & 3', '2'],
  ['6 | 3', '7'],
  ['6 ^ 3', '5'],
  ['1 << 10', '1024'],
  ['1024 >> 3', '128'],
  ['~5', '-6'],
  ['6.9 & 3.9', '2'],
  // Comparison and logic.
  ['width == 1280', 'true'],
  ['width != 1280', 'false'],
  ['fps < 30', 'false'],
  ['fps <= 30', 'true'],
  ['fps > 29 && fps < 31', 'true'],
  ['fps > 60 || height >= 720', 'true'],
  ['!(fps == 30)', 'false'],
  ['width > 1920 ? "big" : "small"', 'small'],
  ['nosuch ?? 5', '5'],
  ['width ?? 5', '1280'],
  ['"b" in ["a", "b"]', 'true'],
  ['3 in [1, 2]', 'false'],
  ['"h264" =~ "^h26"', 'true'],
  ['"vp8" !~ "^h26"', 'true'],
  // Text.
  ['"low-latency-hq"', 'low-latency-hq'],
  ['`low-latency-hq`', 'low-latency-hq'],
  ['"a\\"b"', 'a"b'],
  ['"p" + 5', 'p5'],
  ['"1" + 5', '6'],
  ['true', 'true'],
  ['false', 'false'],
  // Precedence, low to high.
  ['nosuch ?? false || true', 'true'],
  ['true || false && false', 'true'],
  ['1 + 1 == 2 && 4 > 3', 'true'],
  ['5 & 4 == 4', 'true'],
  ['1 | 2 << 1', '5'],
  ['1 << 1 + 1', '4'],
  // A lone unknown name is what was written, and nothing to count with.
  ['zerolatency', 'zerolatency'],
  ['nosuch + 1', undefined],
  ['nosuch * 2', undefined],
  ['{"a": 1}', undefined],
  ['[1]', undefined],
])('%s is %s', (text, printed) => {
  const value = evaluateText(text, SCREEN);
  expect(value.ok ? value.value : undefined).toBe(printed);
});

import { expect, test } from 'vitest';
import { readableLogLine } from '../../../docker/lib/log-line.mjs';

const AT = { time: Date.parse('2026-01-02T03:04:05'), pid: 7, hostname: 'h', v: 1 };

test.each([
  [{ level: 30, ...AT, msg: 'listening', port: 8080, path: '/a' }, '03:04:05 info: listening port=8080 path=/a'],
  [{ level: 35, ...AT, msg: 'odd', of: ['x'] }, '03:04:05 35: odd of=["x"]'],
  [
    { level: 50, ...AT, msg: 'lost', err: { type: 'Error', stack: 'Error: it\n  at x' } },
    '03:04:05 error: lost\nError: it\n  at x',
  ],
  [{ level: 40, ...AT, msg: 'odd', err: 'text' }, '03:04:05 warning: odd'],
])('%j is shown as text', (entry, text) => {
  expect(readableLogLine(JSON.stringify(entry))).toBe(text);
});

test.each(['', 'plain words', '{"level": 30', 'null', '7', '"level"', '{"a": 1}', '[1]'])('%j stays as it is', (line) => {
  expect(readableLogLine(line)).toBe(line);
});

import { expect, test } from 'vitest';
import { SOCKET_LIMITS } from '../../../server/signaling/limits.js';
import { readSocketMessage } from '../../../server/signaling/websocket/large-message.js';

const LONG = 'x'.repeat(SOCKET_LIMITS.message.value);
const read = (text: string) => readSocketMessage(Buffer.from(text));

test.each<[string, unknown]>([
  ['clipboard/set', { text: LONG }],
  ['control/paste', { text: `\\"${LONG}"\\\\` }],
  ['clipboard/set', { text: `äöü€😀\n\t${LONG}` }],
  ['send/unicast', { receiver: 'somebody', subject: 'a "file"', body: LONG }],
  ['send/unicast', { body: LONG, receiver: 'somebody', subject: 'in another order' }],
])('a large %s is read as JSON has it', (event, payload) => {
  expect(read(JSON.stringify({ event, payload }))).toEqual({ ok: true, value: { event, payload } });
});

test.each([
  ['another event', `{"event":"send/broadcast","payload":{"body":"${LONG}"}}`],
  ['no event before the payload', `{"payload":{"text":"${LONG}"},"event":"clipboard/set"}`],
  ['another event behind', `{"event":"clipboard/set","payload":{"text":"${LONG}"},"event":"send/broadcast"}`],
  ['a list instead of a text', `{"event":"clipboard/set","payload":{"text":${JSON.stringify([LONG])}}}`],
  ['nesting', `{"event":"clipboard/set","payload":${'['.repeat(LONG.length)}`],
  ['many small parts', `{"event":"send/unicast","payload":{"body":${JSON.stringify(Array(40_000).fill(1))}}}`],
  ['a long beginning', `{"event":"clipboard/set",${' '.repeat(LONG.length)}"payload":{"text":"a"}}`],
  ['a long end', `{"event":"clipboard/set","payload":{"text":"a"${' '.repeat(LONG.length)}}}`],
  ['a text without end', `{"event":"clipboard/set","payload":{"text":"${LONG}\\"}}`],
])('a large message with %s is too large', (_name, text) => {
  expect(read(text)).toBe('too-large');
});

test.each([
  ['a bad escape', `{"event":"clipboard/set","payload":{"text":"\\q${LONG}"}}`],
  ['nothing behind', `{"event":"clipboard/set","payload":{"text":"${LONG}"`],
  ['a line end within', `{"event":"clipboard/set","payload":{"text":"\n${LONG}"}}`],
  ['a payload that is no object', `{"event":"clipboard/set","payload":"text","x":{"text":"${LONG}"}}`],
])('a large message with %s is refused', (_name, text) => {
  expect(read(text)).toMatchObject({ ok: false });
});

test('eight megabytes of the worst text take no longer than copying them', () => {
  const event = '{"event":"clipboard/set","payload":{"text":"';
  const worst = [
    `${event}${'\\"'.repeat(4_100_000)}"}}`,
    `${event}${'\\\\'.repeat(4_100_000)}"}}`,
    `${event}${'\\u0001'.repeat(1_300_000)}"}}`,
  ];
  for (const text of worst) {
    const beganMs = performance.now();
    expect(read(text)).toMatchObject({ ok: true });
    // Parsed as nested lists, as many bytes took several seconds.
    expect(performance.now() - beganMs).toBeLessThan(1_500);
  }
});

test('an ordinary message is any JSON', () => {
  expect(read('{"EVENT":"a/b","payload":[1,{"text":"x"}]}')).toEqual({
    ok: true,
    value: { event: 'a/b', payload: [1, { text: 'x' }] },
  });
});

import { expect, test } from 'vitest';
import { RequestTurns } from '../../../server/signaling/http/rates/request-turns.js';

/** Steps the turns of an event loop; `costMs` is what each request takes. */
function open({ costMs = 0 } = {}) {
  let nowMs = 0;
  const deferred: { readonly action: () => void; readonly delayMs: number }[] = [];
  const turns = new RequestTurns<object>({
    defer: (action, delayMs) => void deferred.push({ action, delayMs }),
    nowMs: () => nowMs,
  });
  const begun: string[] = [];
  const connection = (network: string) => {
    const self = {};
    let count = 0;
    return {
      ask: (name: string) =>
        turns.add(self, network, () => {
          count += 1;
          begun.push(`${name}${count}`);
          nowMs += costMs;
        }),
      over: () => turns.over(self),
    };
  };
  const turn = () => {
    const next = deferred.shift();
    next?.action();
    return next?.delayMs;
  };
  const settle = () => {
    const delays: number[] = [];
    for (let delay = turn(); delay !== undefined; delay = turn()) if (delay > 0) delays.push(delay);
    return delays;
  };
  return { begun, connection, turn, settle };
}

test('one request begins in a turn; networks take turns, and so do their connections', () => {
  const { begun, connection, turn, settle } = open();
  const [a, b, other] = [connection('192.0.2.1'), connection('192.0.2.1'), connection('192.0.2.2')];
  for (const each of [a, a, b]) each.ask(each === a ? 'a' : 'b');
  other.ask('other');
  expect(begun).toEqual([]);
  turn();
  expect(begun).toEqual(['a1']);
  settle();
  expect(begun).toEqual(['a1', 'other1', 'b1']);
});

test('a connection has one request at a time, in the order in which they came', () => {
  const { begun, connection, settle } = open();
  const a = connection('192.0.2.1');
  for (let count = 0; count < 3; count += 1) a.ask('a');
  settle();
  expect(begun).toEqual(['a1']);
  a.over();
  a.over();
  settle();
  expect(begun).toEqual(['a1', 'a2']);
  a.over();
  settle();
  a.over();
  a.ask('a');
  settle();
  expect(begun).toEqual(['a1', 'a2', 'a3', 'a4']);
});

test('after 5 ms of work requests wait for as long, so that they never have more than half of the time', () => {
  const { begun, connection, settle } = open({ costMs: 2 });
  for (let count = 0; count < 7; count += 1) connection('192.0.2.1').ask('x');
  expect(settle()).toEqual([5, 5]);
  expect(begun).toHaveLength(7);
});

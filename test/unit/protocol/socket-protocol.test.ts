import { expect, test } from 'vitest';
import { offeredProtocols, offeredToken, SOCKET_PROTOCOL } from '../../../server/protocol/socket-protocol.js';

test.each(['abc-_09', 'a b', 'ü(1),2;"3"', '%41'])('token %j comes through as it is, in characters of a subprotocol', (token) => {
  const offered = offeredProtocols(token);
  expect(offered[0]).toBe(SOCKET_PROTOCOL);
  expect(offered[1]).toMatch(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/);
  expect(offeredToken(offered.join(', '))).toBe(token);
});

test('without a token nothing is offered', () => {
  expect(offeredProtocols('')).toEqual([]);
});

test.each([undefined, '', 'neko.v3', 'neko.token.abc', 'neko.v3, neko.token.', 'neko.v3, neko.token.%', 'other, neko.v3'])(
  'no token in %j',
  (header) => {
    expect(offeredToken(header)).toBeNull();
  },
);

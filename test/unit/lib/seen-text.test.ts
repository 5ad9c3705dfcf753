import { expect, test } from 'vitest';
import { uriPart } from '../../../server/lib/text/seen-text.js';
import { LogText } from '../../../server/logging/log-text.js';
import { offeredProtocols } from '../../../server/protocol/socket-protocol.js';

test.each(['ann-k3x9z', 'a/b ?#%', '😀', '中'])('%j is a part of a URL as encodeURIComponent writes it', (text) => {
  expect(uriPart(text)).toBe(encodeURIComponent(text));
});

test.each([
  ['\ud800evil-kmob5', '%EF%BF%BDevil-kmob5'],
  ['evil\udc00', 'evil%EF%BF%BD'],
  ['\udc00\ud800', '%EF%BF%BD%EF%BF%BD'],
])('%j, which encodeURIComponent throws at, is a part of a URL all the same', (text, part) => {
  expect(() => encodeURIComponent(text)).toThrow();
  expect(uriPart(text)).toBe(part);
});

test('neither a token nor a secret of the configuration with half a surrogate pair ends anything', () => {
  expect(offeredProtocols('\ud800token')[1]).toContain('token');
  expect(new LogText(['\ud800secret']).text('it is \ud800secret')).toBe('it is (hidden)');
});

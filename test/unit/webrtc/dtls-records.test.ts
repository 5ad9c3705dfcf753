import { expect, test } from 'vitest';
import { endsAssociation, readRecords, sortRecords } from '../../../server/webrtc/dtls-records.js';

function record(type: number, epoch: number, fragment = 'fragment'): Buffer {
  const header = Buffer.from([type, 0xfe, 0xfd, 0, epoch, 0, 0, 0, 0, 0, 7, 0, fragment.length]);
  return Buffer.concat([header, Buffer.from(fragment)]);
}

const [CCS, ALERT, HANDSHAKE, DATA] = [20, 21, 22, 23];

test('a datagram is read record by record (RFC 6347 section 4.1)', () => {
  const records = readRecords(Buffer.concat([record(HANDSHAKE, 0, 'one'), record(DATA, 1, 'two')]));
  expect(records.map(({ type, epoch, sequenceNumber, fragment }) => [type, epoch, sequenceNumber, String(fragment)])).toEqual([
    [HANDSHAKE, 0, 7, 'one'],
    [DATA, 1, 7, 'two'],
  ]);
});

test.each([
  ['empty', Buffer.alloc(0), 0],
  ['shorter than a header', record(HANDSHAKE, 0).subarray(0, 12), 0],
  ['a record that is cut off', Buffer.concat([record(DATA, 1), record(DATA, 1).subarray(0, 15)]), 1],
  ['an unknown type', record(63, 1), 0],
])('malformed: %s', (_name, datagram, count) => {
  expect(readRecords(datagram)).toHaveLength(count);
});

test.each([
  ['handshake: plaintext flights pass', false, [record(HANDSHAKE, 0), record(CCS, 0), record(HANDSHAKE, 1)], [0, 1, 2], 0],
  ['handshake: nobody is believed an alert', false, [record(ALERT, 0), record(HANDSHAKE, 0)], [1], 0],
  ['connected: plaintext is dropped, whatever it says', true, [record(HANDSHAKE, 0), record(ALERT, 0), record(DATA, 0)], [], 0],
  ['connected: of a repeated flight the encrypted part passes', true, [record(HANDSHAKE, 0), record(HANDSHAKE, 1)], [1], 0],
  ['connected: encrypted alerts are judged by us', true, [record(ALERT, 1), record(DATA, 1)], [1], 1],
] as const)('%s', (_name, connected, records, passing, alerts) => {
  const sorted = sortRecords(Buffer.concat([...records]), connected);
  const expected = passing.length === 0 ? undefined : Buffer.concat(passing.map((index) => records[index]!));
  expect(sorted.pass).toEqual(expected);
  expect(sorted.alerts).toHaveLength(alerts);
});

test.each([
  [[1, 0], true],
  [[2, 40], true],
  [[1, 90], false],
  [[1], false],
] as const)('alert %j ends the association: %s', (alert, ends) => {
  expect(endsAssociation(Buffer.from(alert))).toBe(ends);
});

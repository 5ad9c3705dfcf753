import { expect, test } from 'vitest';
import { Av1Payloader } from '../../../server/capture/worker/outputs/av1-payloader.js';

const OPTIONS = { payloadType: 96, ssrc: 0x01020304, firstSequence: 0xffff, maxPacketBytes: 1180 };
const DELIMITER = Buffer.from('1200', 'hex');
const SEQUENCE_HEADER = Buffer.from('0a03aabbcc', 'hex');

/** An OBU of type frame (6) with a size field. */
function frame(bytes: number): Buffer {
  const size = bytes < 0x80 ? Buffer.of(bytes) : Buffer.of((bytes & 0x7f) | 0x80, bytes >> 7);
  return Buffer.concat([Buffer.of(0x32), size, Buffer.from(Array.from({ length: bytes }, (_, index) => index & 0xff))]);
}

test('a small keyframe is one packet: no delimiter, no size fields, N and marker set', () => {
  const unit = Buffer.concat([DELIMITER, SEQUENCE_HEADER, frame(3)]);
  const packets = new Av1Payloader(OPTIONS).packets(unit, 1_000_000_000n);
  // RTP header; aggregation header with N; then each OBU element by its length, with its header's size bit cleared.
  expect(packets.map((packet) => packet.toString('hex'))).toEqual([
    '80e0ffff00015f9001020304' + '08' + '0408aabbcc' + '0430000102',
  ]);
});

test('a large frame is cut into packets of at most the given size, which give it back', () => {
  const payloader = new Av1Payloader(OPTIONS);
  const packets = payloader.packets(Buffer.concat([DELIMITER, frame(5_000)]), 0n);
  expect(packets.length).toBe(5);
  expect(Math.max(...packets.map((packet) => packet.length))).toBeLessThanOrEqual(1180);
  expect(packets.map((packet) => packet.readUInt16BE(2))).toEqual([0xffff, 0, 1, 2, 3]);
  expect(packets.map((packet) => packet[1]! >> 7)).toEqual([0, 0, 0, 0, 1]);
  // Z says that the first element continues one, Y that the last goes on in the next packet.
  expect(packets.map((packet) => packet[12]! & 0xc0)).toEqual([0x40, 0xc0, 0xc0, 0xc0, 0x80]);
  const joined = Buffer.concat(packets.map((packet) => element(packet.subarray(13))));
  expect(joined.subarray(1)).toEqual(frame(5_000).subarray(3));
  expect(joined[0]).toBe(0x30);
});

test('an OBU that claims more than there is ends the unit', () => {
  expect(new Av1Payloader(OPTIONS).packets(Buffer.from('32ff7f0102', 'hex'), 0n)).toEqual([]);
});

/** The only element of a payload, its length checked. */
function element(payload: Buffer): Buffer {
  const long = payload[0]! >= 0x80;
  const length = long ? (payload[0]! & 0x7f) | (payload[1]! << 7) : payload[0]!;
  const bytes = payload.subarray(long ? 2 : 1);
  expect(bytes.length).toBe(length);
  return bytes;
}

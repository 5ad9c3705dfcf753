import { describe, expect, test } from 'vitest';
import { Demultiplexer } from '../../../server/media/ingress/demultiplexer.js';
import { extensionText } from '../../../server/media/ingress/header-extension.js';
import { ReceptionStatistics } from '../../../server/media/ingress/reception-statistics.js';
import type { ReceivedPacket, ReceivedSection } from '../../../server/media/ingress/rtp-sink.js';
import { MEDIA_LIMITS } from '../../../server/media/limits.js';
import type { SrtpKeys } from '../../../server/media/media-engine.js';
import { parseRtcp } from '../../../server/media/rtcp/rtcp.js';
import { rtpPayloadAt } from '../../../server/media/rtp/rtp.js';
import { srtpTransform } from '../../../server/media/srtp/srtp.js';
import { SrtpReceiver } from '../../../server/media/srtp/srtp-receiver.js';
import { arenaOf, bothSuites } from './ciphers.js';
import { fakeEngine } from './fake-viewer.js';

const MID_ID = 3;
const KEYS: SrtpKeys = {
  profile: 'AEAD_AES_128_GCM',
  localKey: Buffer.alloc(16, 1),
  localSalt: Buffer.alloc(12, 2),
  remoteKey: Buffer.alloc(16, 3),
  remoteSalt: Buffer.alloc(12, 4),
};
const suite = bothSuites()[0]!;

interface Fields {
  readonly ssrc?: number;
  readonly payloadType?: number;
  readonly sequence?: number;
  readonly timestamp?: number;
  readonly mid?: string;
  readonly payload?: Buffer;
  readonly padding?: number;
}

function rtp(fields: Fields): { readonly header: Buffer; readonly body: Buffer } {
  const { ssrc = 77, payloadType = 111, sequence = 1, timestamp = 0, mid, payload = Buffer.from('sound'), padding = 0 } = fields;
  const header = Buffer.alloc(12);
  header.writeUInt8(0x80 | (mid === undefined ? 0 : 0x10) | (padding > 0 ? 0x20 : 0), 0);
  header.writeUInt8(payloadType, 1);
  header.writeUInt16BE(sequence & 0xffff, 2);
  header.writeUInt32BE(timestamp >>> 0, 4);
  header.writeUInt32BE(ssrc, 8);
  return {
    header: mid === undefined ? header : Buffer.concat([header, oneByteExtension([[MID_ID, mid]])]),
    body: padding > 0 ? Buffer.concat([payload, Buffer.alloc(padding, padding)]) : payload,
  };
}

function oneByteExtension(elements: readonly (readonly [id: number, value: string])[]): Buffer {
  const body = Buffer.concat(
    elements.map(([id, value]) => Buffer.concat([Buffer.of((id << 4) | (value.length - 1)), Buffer.from(value)])),
  );
  const padded = Buffer.concat([body, Buffer.alloc((4 - (body.length % 4)) % 4)]);
  const head = Buffer.from('bede0000', 'hex');
  head.writeUInt16BE(padded.length / 4, 2);
  return Buffer.concat([head, padded]);
}

/** A section whose packets are kept. */
function section(mid: string, payloadTypes: readonly number[] = [111], ssrcs: readonly number[] = []) {
  const packets: (Omit<ReceivedPacket, 'payload'> & { readonly payload: string })[] = [];
  const received: ReceivedSection = {
    mid,
    payloadTypes: payloadTypes.map((payloadType) => ({ payloadType, clockRateHz: 48_000 })),
    ssrcs,
    sink: { packet: (packet) => packets.push({ ...packet, payload: Buffer.from(packet.payload).toString() }) },
  };
  return { ...received, packets };
}

/** An engine's peer that receives, and the viewer who sends to it. */
function receiving(sections: readonly ReceivedSection[]) {
  const { clock, engine, wallClockMs } = fakeEngine(suite);
  const toViewer = new SrtpReceiver(srtpTransform(suite, KEYS.profile, KEYS.localKey, KEYS.localSalt));
  const sealer = srtpTransform(suite, KEYS.profile, KEYS.remoteKey, KEYS.remoteSalt);
  const reports: ReturnType<typeof parseRtcp> = [];
  const failures: unknown[] = [];
  const peer = engine.addPeer({
    keys: KEYS,
    cname: 'test',
    path: {
      kind: 'stream',
      queuedBytes: 0,
      send(sealed) {
        const arena = arenaOf(Buffer.from(sealed));
        const length = toViewer.openRtcp(arena, 0, sealed.length);
        reports.push(...parseRtcp(arena.bytes, 0, length));
        return true;
      },
    },
    hooks: { onFailed: (error) => failures.push(error) },
  });
  peer.setReception({ midExtension: MID_ID, sections });
  let rtcpIndex = 0;
  const sealed = (fields: Fields): Buffer => {
    const { header, body } = rtp(fields);
    const arena = arenaOf(Buffer.concat([header, body]));
    const { ssrc = 77, sequence = 1 } = fields;
    const length = sealer.sealRtp(arena, 0, header.length, arena, header.length, body.length, ssrc, sequence);
    return Buffer.from(arena.bytes.subarray(0, length));
  };
  return {
    clock,
    peer,
    reports,
    failures,
    wallClockMs,
    sealed,
    send: (fields: Fields) => peer.receiveRtp(sealed(fields)),
    say(hex: string) {
      const plain = Buffer.from(hex.replaceAll(' ', ''), 'hex');
      const arena = arenaOf(plain);
      const length = sealer.sealRtcp(arena, 0, plain.length, rtcpIndex++);
      peer.receiveRtcp(Buffer.from(arena.bytes.subarray(0, length)));
    },
    close: () => engine.close(),
  };
}

describe('which section a packet belongs to', () => {
  const [voice, music, camera] = [section('voice', [111, 0], [5]), section('music', [111]), section('camera', [96])];
  const where = (
    marks: { mid?: string; ssrc: number; payloadType: number },
    demultiplexer = new Demultiplexer([voice, music, camera]),
  ) => demultiplexer.sectionOf({ mid: undefined, ...marks })?.mid;

  test.each([
    ['the one that its mid names', { mid: 'music', ssrc: 9, payloadType: 111 }, 'music'],
    ['none that it does not know', { mid: 'other', ssrc: 5, payloadType: 111 }, undefined],
    ['the one that the description names its SSRC for', { ssrc: 5, payloadType: 111 }, 'voice'],
    ['the only one that has its payload type', { ssrc: 9, payloadType: 96 }, 'camera'],
    ['none where two have its payload type', { ssrc: 9, payloadType: 111 }, undefined],
    ['none where its section does not take its payload type', { mid: 'camera', ssrc: 9, payloadType: 111 }, undefined],
    ['none by an SSRC of a section without its payload type', { ssrc: 5, payloadType: 96 }, undefined],
  ])('RV2 %s', (_what, marks, mid) => {
    expect(where(marks)).toBe(mid);
  });

  test('RV2 a mid holds for later packets of its SSRC, and moves an SSRC that it names anew', () => {
    const demultiplexer = new Demultiplexer([voice, music, camera]);
    expect(where({ mid: 'music', ssrc: 9, payloadType: 111 }, demultiplexer)).toBe('music');
    expect(where({ ssrc: 9, payloadType: 111 }, demultiplexer)).toBe('music');
    expect(where({ mid: 'voice', ssrc: 9, payloadType: 111 }, demultiplexer)).toBe('voice');
    expect(where({ ssrc: 9, payloadType: 111 }, demultiplexer)).toBe('voice');
    demultiplexer.forget(9);
    expect(where({ ssrc: 9, payloadType: 111 }, demultiplexer)).toBeUndefined();
  });

  test('RV5 so many SSRCs are told apart and no more; those that are known go on', () => {
    const demultiplexer = new Demultiplexer([camera]);
    const most = MEDIA_LIMITS.received.value;
    const taken = (ssrc: number) => where({ ssrc, payloadType: 96 }, demultiplexer) === 'camera';
    expect(Array.from({ length: most + 1 }, (_, ssrc) => taken(ssrc))).toEqual([...Array<boolean>(most).fill(true), false]);
    expect(taken(0)).toBe(true);
    demultiplexer.forget(3);
    expect(taken(most)).toBe(true);
  });
});

describe('header extensions (RFC 8285)', () => {
  const packet = (hex: string) => {
    const bytes = Buffer.concat([Buffer.from('90', 'hex'), Buffer.alloc(11), Buffer.from(hex.replaceAll(' ', ''), 'hex')]);
    return extensionText(bytes, 0, rtpPayloadAt(bytes, 0, bytes.length), MID_ID);
  };
  test.each([
    ['one byte', 'bede0001 30 61 0000', 'a'],
    ['behind padding and another element', 'bede0002 00 11 ffff 31 6162 00', 'ab'],
    ['two bytes', '10000002 0300 0303 616263 00', ''],
    ['two bytes, with a value', '10000002 0101 ff 0302 6162 00', 'ab'],
    ['another id', 'bede0001 40 61 0000', undefined],
    ['behind the end', 'bede0001 f0 30 61 00', undefined],
    ['a value that is cut off', 'bede0001 3f 616263', undefined],
    ['a length that is cut off', '10000001 000000 03', undefined],
    ['another profile', 'abcd0001 30 61 0000', undefined],
  ])('RV2 %s', (_what, hex, value) => {
    expect(packet(hex)).toBe(value);
  });
});

describe('what is reported of a source (RFC 3550 appendix A)', () => {
  const arrived = (source: ReceptionStatistics, sequences: readonly number[], atMs = 0) =>
    sequences.map((sequence, i) => source.note(sequence & 0xffff, (sequence * 960) >>> 0, 48_000, atMs + i * 20));

  test('RV4 numbers count on over 65536, losses are counted in all and since the last report', () => {
    const source = new ReceptionStatistics(77);
    expect(source.block(0)).toBeUndefined();
    expect(arrived(source, [65_534, 65_535, 65_536, 65_538, 65_539])).toEqual([65_534, 65_535, 65_536, 65_538, 65_539]);
    expect(source.block(0)).toMatchObject({ ssrc: 77, fractionLost: Math.floor(256 / 6), totalLost: 1, highestSequence: 65_539 });
    expect(source.block(0), 'nothing came since').toBeUndefined();
    expect(arrived(source, [65_540, 65_537])).toEqual([65_540, 65_537]);
    expect(source.block(0), 'what came late is not lost').toMatchObject({ fractionLost: 0, totalLost: 0 });
  });

  test('RV4 packets that come evenly have no jitter, a late one a sixteenth of how late it is', () => {
    const source = new ReceptionStatistics(77);
    arrived(source, [1, 2, 3]);
    expect(source.block(0)?.jitter).toBe(0);
    source.note(4, 4 * 960, 48_000, 60 + 10);
    expect(source.block(0)?.jitter).toBe(480 / 16);
  });

  test('RV4 timestamps go round without a jump', () => {
    const source = new ReceptionStatistics(77);
    source.note(1, 0xffff_ffff - 479, 48_000, 0);
    source.note(2, 480, 48_000, 20);
    expect(source.block(0)?.jitter).toBe(0);
  });
});

describe.sequential('a viewer’s media', () => {
  test('RV1 a packet reaches the sink of its section: decrypted, numbered, without padding, and only once', () => {
    const voice = section('voice');
    const { send, sealed, peer, close } = receiving([voice]);
    send({ mid: 'voice', sequence: 65_535, timestamp: 960, payload: Buffer.from('one') });
    const second = sealed({ sequence: 65_536, timestamp: 1_920, payload: Buffer.from('two'), padding: 3 });
    peer.receiveRtp(second);
    peer.receiveRtp(second);
    const forged = Buffer.from(sealed({ sequence: 65_537 }));
    forged[20]! ^= 1;
    peer.receiveRtp(forged);
    const common = { mid: 'voice', ssrc: 77, payloadType: 111, marker: false };
    expect(voice.packets).toEqual([
      { ...common, sequence: 65_535, timestamp: 960, payload: 'one' },
      { ...common, sequence: 65_536, timestamp: 1_920, payload: 'two' },
    ]);
    expect(peer.stats).toMatchObject({ rtpReceived: 2, rtpRejected: 2 });
    close();
  });

  test('RV3 nothing is decrypted before something is to be received, and nothing once it is not any more', () => {
    const voice = section('voice');
    const { send, sealed, peer, close } = receiving([]);
    const early = sealed({ sequence: 1 });
    peer.receiveRtp(early);
    peer.setReception({ midExtension: undefined, sections: [voice] });
    peer.receiveRtp(early);
    expect(voice.packets, 'it was not even noted as seen').toHaveLength(1);
    peer.setReception({ midExtension: undefined, sections: [] });
    send({ sequence: 2 });
    expect(voice.packets).toHaveLength(1);
    expect(peer.stats).toMatchObject({ rtpReceived: 1, rtpRejected: 2 });
    close();
  });

  test('RV5 a datagram of the greatest length is received, a longer one is not', () => {
    const voice = section('voice');
    const { send, close } = receiving([voice]);
    const most = MEDIA_LIMITS.rtpDatagram.value - 12 - 16;
    send({ sequence: 1, payload: Buffer.alloc(most) });
    send({ sequence: 2, payload: Buffer.alloc(most + 1) });
    send({ sequence: 3 });
    expect(voice.packets.map(({ sequence }) => sequence)).toEqual([1, 3]);
    close();
  });

  test('RV5 so many packets at once and not one more, and as many again a second later', () => {
    const voice = section('voice');
    const { clock, send, close } = receiving([voice]);
    const most = MEDIA_LIMITS.rtpRate.value;
    for (let sequence = 1; sequence <= most + 1; sequence++) send({ sequence });
    expect(voice.packets).toHaveLength(most);
    clock.advance(1_000);
    for (let sequence = most + 2; sequence <= 2 * most + 2; sequence++) send({ sequence });
    expect(voice.packets).toHaveLength(2 * most);
    close();
  });

  test('RV4 once a second the viewer is told what arrived, with the time of its last sender report', () => {
    const { clock, send, say, reports, close } = receiving([section('voice')]);
    for (const sequence of [10, 11, 13]) send({ sequence, timestamp: sequence * 960 });
    // A sender report of SSRC 77 without blocks; 5678abcd are the middle bits of its NTP time.
    say('80c80006 0000004d 12345678 abcd0000 00000000 00000003 00000010');
    clock.advance(1_100);
    const blocks = reports.flatMap((report) => (report.kind === 'receiver-report' ? report.blocks : []));
    expect(blocks).toEqual([expect.objectContaining({ ssrc: 77, totalLost: 1, fractionLost: 0.25, lastReport: 0x5678abcd })]);
    expect(blocks[0]?.delaySinceLastReport).toBeGreaterThan(60_000);
    expect(blocks[0]?.delaySinceLastReport).toBeLessThan(75_000);
    clock.advance(3_000);
    expect(
      reports.filter(({ kind }) => kind === 'receiver-report'),
      'of nothing nothing is told',
    ).toHaveLength(1);
    send({ sequence: 14 });
    say('81cb0001 0000004d');
    clock.advance(1_100);
    expect(
      reports.filter(({ kind }) => kind === 'receiver-report'),
      'nor of what has said goodbye',
    ).toHaveLength(1);
    close();
  });

  test('RV6 a sink that throws ends this viewer', () => {
    const broken: ReceivedSection = {
      ...section('voice'),
      sink: {
        packet: () => {
          throw new Error('full');
        },
      },
    };
    const { send, failures, close } = receiving([broken]);
    send({ sequence: 1 });
    send({ sequence: 2 });
    expect(failures).toEqual([new Error('full')]);
    close();
  });
});

import type { EncodedStream, RtpListener } from '../../../server/capture/streams/encoded-stream.js';
import type { Clock } from '../../../server/lib/clock.js';
import { createMediaEngine } from '../../../server/media/create-media-engine.js';
import type { MediaEngine, PeerSender, SenderHooks, SrtpKeys, SrtpProfile } from '../../../server/media/media-engine.js';
import { plainDepartures } from '../../../server/media/paths/departures.js';
import type { StreamPath } from '../../../server/media/paths/packet-path.js';
import { rtpPayloadAt } from '../../../server/media/rtp/rtp.js';
import type { CipherSuite } from '../../../server/media/srtp/cipher-suite.js';
import { type SrtpTransform, srtpTransform } from '../../../server/media/srtp/srtp.js';
import { SrtpReceiver } from '../../../server/media/srtp/srtp-receiver.js';
import { arenaOf } from './ciphers.js';

/** Time that stands still until it is moved. */
export class FakeClock implements Clock {
  #nowMs = 1_000;
  #timers: { readonly atMs: number; readonly action: () => void }[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, action: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, action };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  advance(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (;;) {
      const next = this.#timers.filter((timer) => timer.atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.action();
    }
    this.#nowMs = untilMs;
  }
}

/** A VP8 or Opus stream that sends what the test tells it to. */
export class FakeStream implements EncodedStream {
  readonly codec;
  listener: RtpListener | undefined;
  keyframeRequests = 0;
  pictureRequests = 0;
  sequence = 65_000;
  timestamp = 4_294_900_000;

  constructor(
    readonly id: string,
    readonly kind: 'audio' | 'video' = 'video',
  ) {
    this.codec = kind === 'video' ? ('vp8' as const) : ('opus' as const);
  }

  listen(listener: RtpListener) {
    this.listener = listener;
    return () => {
      this.listener = undefined;
    };
  }

  requestKeyframe(): void {
    this.keyframeRequests++;
  }

  requestPicture(): void {
    this.pictureRequests++;
  }

  /** Sends one frame of `packets` packets of `bytes` payload bytes each, `stepMs` after the last one. */
  frame(kind: 'key' | 'delta', { packets = 1, bytes = 100, stepMs = 33 } = {}): void {
    this.timestamp = (this.timestamp + stepMs * (this.kind === 'video' ? 90 : 48)) >>> 0;
    const batch = Array.from({ length: packets }, (_, i) => {
      const packet = Buffer.alloc(12 + bytes, i & 0xff);
      packet[0] = 0x80;
      packet[1] = 96 | (i === packets - 1 ? 0x80 : 0);
      packet.writeUInt16BE(this.sequence, 2);
      packet.writeUInt32BE(this.timestamp, 4);
      packet[12] = i === 0 ? 0x10 : 0;
      packet[13] = kind === 'key' ? 0 : 1;
      this.sequence = (this.sequence + 1) & 0xffff;
      return packet;
    });
    this.listener?.packets(batch);
    // The buffers are only valid during the call.
    for (const packet of batch) packet.fill(0xee);
  }
}

export interface Received {
  readonly ssrc: number;
  readonly payloadType: number;
  readonly marker: boolean;
  readonly sequence: number;
  readonly timestamp: number;
  readonly header: Buffer;
  readonly payload: Buffer;
  readonly sealed: Buffer;
}

/** The far end of a peer: takes its datagrams, opens them, and refuses numbers that were used for two contents. */
export class FakeViewer {
  readonly path: StreamPath & { queuedBytes: number };
  readonly peer: PeerSender;
  readonly rtp: Received[] = [];
  readonly rtcp: Buffer[] = [];
  blocked = false;
  readonly #receiver: SrtpReceiver;
  readonly #reply: SrtpTransform;
  readonly #used = new Map<string, Buffer>();
  #replyIndex = 0;

  constructor(engine: MediaEngine, suite: CipherSuite, profile: SrtpProfile = 'AEAD_AES_128_GCM', hooks: SenderHooks = {}) {
    const keys: SrtpKeys = {
      profile,
      localKey: Buffer.alloc(16, 1),
      localSalt: Buffer.alloc(14, 2),
      remoteKey: Buffer.alloc(16, 3),
      remoteSalt: Buffer.alloc(14, 4),
    };
    this.#receiver = new SrtpReceiver(srtpTransform(suite, profile, keys.localKey, keys.localSalt));
    this.#reply = srtpTransform(suite, profile, keys.remoteKey, keys.remoteSalt);
    this.path = {
      kind: 'stream',
      queuedBytes: 0,
      send: (packet) => {
        if (this.blocked) return false;
        this.#take(Buffer.from(packet));
        return true;
      },
    };
    this.peer = engine.addPeer({ keys, path: this.path, cname: 'test', hooks });
  }

  #take(sealed: Buffer): void {
    const arena = arenaOf(sealed);
    if (sealed[1]! >= 192 && sealed[1]! <= 223) {
      const length = this.#receiver.openRtcp(arena, 0, sealed.length);
      if (length < 0) throw new Error('RTCP does not open');
      this.rtcp.push(Buffer.from(arena.bytes.subarray(0, length)));
      return;
    }
    const number = `${sealed.readUInt32BE(8)}/${sealed.readUInt16BE(2)}`;
    const before = this.#used.get(number);
    if (before !== undefined) {
      if (!before.equals(sealed)) throw new Error(`${number} was used for two contents`);
      this.rtp.push({ ...this.rtp.find((packet) => packet.sealed.equals(sealed))! });
      return;
    }
    this.#used.set(number, sealed);
    // A number comes round again after 65536 packets, under another rollover counter.
    if (this.#used.size > 20_000) for (const oldest of [...this.#used.keys()].slice(0, 10_000)) this.#used.delete(oldest);
    const length = this.#receiver.openRtp(arena, 0, sealed.length);
    if (length < 0) throw new Error(`${number} does not open`);
    const packet = Buffer.from(arena.bytes.subarray(0, length));
    const payloadAt = rtpPayloadAt(packet, 0, length);
    this.rtp.push({
      ssrc: packet.readUInt32BE(8),
      payloadType: packet[1]! & 0x7f,
      marker: packet[1]! >= 0x80,
      sequence: packet.readUInt16BE(2),
      timestamp: packet.readUInt32BE(4),
      header: packet.subarray(0, payloadAt),
      payload: packet.subarray(payloadAt),
      sealed,
    });
  }

  /** Sends RTCP to the peer; the first word's length is filled in. */
  say(...words: number[]): void {
    const packet = Buffer.alloc(words.length * 4);
    words.forEach((word, i) => {
      packet.writeUInt32BE(word >>> 0, i * 4);
    });
    packet.writeUInt16BE(words.length - 1, 2);
    const arena = arenaOf(packet);
    const length = this.#reply.sealRtcp(arena, 0, packet.length, this.#replyIndex++);
    this.peer.receiveRtcp(Buffer.from(arena.bytes.subarray(0, length)));
  }

  nack(ssrc: number, ...sequences: number[]): void {
    this.say(0x81cd0000, 1, ssrc, ...sequences.map((sequence) => sequence << 16));
  }
}

export function fakeEngine(suite: CipherSuite) {
  const clock = new FakeClock();
  // The wall clock runs with the other one, from an even hour in 2025.
  const wallClockMs = () => 1_750_000_000_000 + clock.nowMs();
  const engine = createMediaEngine({ clock, wallClockMs, suite, departures: plainDepartures('test') });
  return { clock, engine, wallClockMs };
}

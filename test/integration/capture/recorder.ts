import type { EncodedStream, RtpListener } from '../../../server/capture/streams/encoded-stream.js';
import { waitFor } from '../../support/wait-for.js';

/** Collects what a stream sends. */
export class Recorder implements RtpListener {
  packetCount = 0;
  /** Frames completed: packets with the marker bit. */
  frames = 0;
  keyframes = 0;
  restarts = 0;
  largest = 0;
  bytes = 0;
  readonly timestamps: number[] = [];
  readonly payloadTypes = new Set<number>();
  readonly #codec: string;
  #keyframeTime: number | undefined;

  constructor(codec: string) {
    this.#codec = codec;
  }

  static listen(stream: EncodedStream): { recorder: Recorder; release: () => void } {
    const recorder = new Recorder(stream.codec);
    return { recorder, release: stream.listen(recorder) };
  }

  packets(batch: readonly Buffer[]): void {
    for (const packet of batch) {
      this.packetCount += 1;
      this.bytes += packet.length;
      this.largest = Math.max(this.largest, packet.length);
      this.payloadTypes.add(packet[1]! & 0x7f);
      const time = packet.readUInt32BE(4);
      // H.265 may have its parameter sets twice.
      if (time !== this.#keyframeTime && startsKeyframe(this.#codec, packet)) {
        this.keyframes += 1;
        this.#keyframeTime = time;
      }
      if (packet[1]! & 0x80) {
        this.frames += 1;
        this.timestamps.push(time);
      }
    }
  }

  restarted(): void {
    this.restarts += 1;
  }
}

/** Whether a packet without header extensions is the first of a keyframe; as much of each payload format as that takes. */
function startsKeyframe(codec: string, packet: Buffer): boolean {
  const payload = packet.subarray(12);
  switch (codec) {
    case 'vp8': {
      // RFC 7741 section 4.2: S bit, partition 0; then the inverse key frame flag of the VP8 header.
      if ((payload[0]! & 0x17) !== 0x10) return false;
      const extension = payload[0]! & 0x80 ? payload[1]! : 0;
      const pictureId = extension & 0x80 ? (payload[2]! & 0x80 ? 2 : 1) : 0;
      const rest = (extension & 0x40 ? 1 : 0) + (extension & 0x30 ? 1 : 0);
      const descriptor = payload[0]! & 0x80 ? 2 + pictureId + rest : 1;
      return (payload[descriptor]! & 0x01) === 0;
    }
    case 'vp9':
      // RFC 9628 section 4.2: B bit set, P bit clear.
      return (payload[0]! & 0x48) === 0x08;
    case 'h264': {
      // RFC 6184: the parameter set alone, first in an aggregation, or an IDR slice.
      const type = payload[0]! & 0x1f;
      return type === 7 || (type === 24 && (payload[3]! & 0x1f) === 7);
    }
    case 'h265': {
      // RFC 7798: a parameter set alone (VPS 32), or first in an aggregation (48).
      const type = (payload[0]! >> 1) & 0x3f;
      return type === 32 || (type === 48 && ((payload[4]! >> 1) & 0x3f) === 32);
    }
    case 'av1':
      // The N bit of the aggregation header.
      return (payload[0]! & 0x08) !== 0;
    default:
      return false;
  }
}

/** How long it took until `condition` held. */
export async function msUntil(what: string, condition: () => boolean, deadlineMs?: number): Promise<number> {
  const from = performance.now();
  await waitFor(what, condition, deadlineMs);
  return performance.now() - from;
}

/** Watches for a while and returns by how much `value` grew. */
export async function growth(value: () => number, durationMs: number): Promise<number> {
  const before = value();
  await new Promise((resolve) => setTimeout(resolve, durationMs));
  return value() - before;
}

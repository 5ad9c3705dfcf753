import type { EncodedStream, RtpListener } from '../../capture/streams/encoded-stream.js';
import { type Dispose, once } from '../../lib/dispose.js';
import { CODECS } from '../../protocol/codec.js';
import type { Fanout, FanoutOptions, SenderTrack } from '../media-engine.js';
import { ArrivalClock } from '../rtp/arrival-clock.js';
import { PacketRing } from '../rtp/packet-ring.js';
import type { SendScheduler } from './send-scheduler.js';
import { Track } from './track.js';

/** More than 1 s at 18 Mbit/s; 3 MB for all viewers together, touched as it fills. */
const VIDEO_RING_PACKETS = 2_048;
const AUDIO_RING_PACKETS = 256;

export interface FanoutContext {
  readonly scheduler: SendScheduler;
  readonly nowMs: () => number;
  readonly wallClockMs: () => number;
}

/** One encoded stream and the tracks it is sent to. */
export class StreamFanout implements Fanout, RtpListener {
  readonly stream: EncodedStream;
  readonly ring: PacketRing;
  readonly #context: FanoutContext;
  readonly #captureTime: FanoutOptions['captureTime'];
  readonly #arrivals: ArrivalClock;
  readonly #tracks = new Set<Track>();
  #stop: Dispose | undefined;

  constructor(context: FanoutContext, stream: EncodedStream, options: FanoutOptions) {
    this.stream = stream;
    this.ring = new PacketRing(stream.codec, stream.kind === 'video' ? VIDEO_RING_PACKETS : AUDIO_RING_PACKETS);
    this.#context = context;
    this.#captureTime = options.captureTime;
    this.#arrivals = new ArrivalClock(CODECS[stream.codec].clockRateHz);
  }

  attach(track: SenderTrack): Dispose {
    if (!(track instanceof Track)) throw new Error('a track of another engine');
    if (track.kind !== this.stream.kind) throw new Error(`a ${track.kind} track cannot show a ${this.stream.kind} stream`);
    track.assign(this, this.#context.nowMs());
    track.peer.wake();
    return once(() => track.unassign(this));
  }

  /** The track is notified of new packets from now on. The first track starts the stream. */
  join(track: Track): void {
    this.#tracks.add(track);
    this.#stop ??= this.stream.listen(this);
  }

  /** The last one stops the stream. */
  leave(track: Track): void {
    if (!this.#tracks.delete(track) || this.#tracks.size > 0) return;
    this.#stop?.();
    this.#stop = undefined;
    // Whatever comes after the next start is a new beginning.
    this.#startAnew();
  }

  packets(batch: readonly Buffer[]): void {
    const nowMs = this.#context.nowMs();
    let newest = -1;
    for (const packet of batch) if (this.ring.push(packet, nowMs)) newest = this.ring.head - 1;
    if (newest < 0) return;
    this.#arrivals.observe(this.ring.timestamp(newest), this.#context.wallClockMs());
    for (const track of this.#tracks) if (track.advance(this, nowMs)) this.#context.scheduler.add(track.peer);
    this.#context.scheduler.run();
  }

  restarted(): void {
    this.#startAnew();
    const nowMs = this.#context.nowMs();
    for (const track of this.#tracks) track.restarted(this, nowMs);
  }

  /** A pair of stream timestamp and wall clock (ms) that is true now; undefined before the first packet. */
  moment(): { readonly rtpTimestamp: number; readonly wallClockMs: number } | undefined {
    return this.#captureTime?.() ?? this.#arrivals.moment();
  }

  #startAnew(): void {
    this.ring.restart();
    this.#arrivals.reset();
  }
}

import { type Dispose, once } from '../../lib/dispose.js';
import type { CodecName } from '../../protocol/codec.js';
import type { EncodedStream, RtpListener } from './encoded-stream.js';
import { RtpDeframer } from './rtp-deframer.js';

/** What a stream needs of whoever runs its job. */
export interface StreamEngine {
  start(id: string): void;
  stop(id: string): void;
  keyframe(id: string): void;
  picture(id: string): void;
}

export interface StreamIdentity {
  readonly id: string;
  readonly kind: 'video' | 'audio';
  readonly codec: CodecName;
}

/** An encoding shared by its listeners: the first starts it, the last stops it. */
export class SharedStream implements EncodedStream {
  readonly id: string;
  readonly kind: 'video' | 'audio';
  readonly codec: CodecName;
  readonly #engine: StreamEngine;
  readonly #listeners = new Set<RtpListener>();
  #deframer = new RtpDeframer();
  /** Listeners have had packets, so that a new beginning is news to them. */
  #delivered = false;

  constructor({ id, kind, codec }: StreamIdentity, engine: StreamEngine) {
    this.id = id;
    this.kind = kind;
    this.codec = codec;
    this.#engine = engine;
  }

  /** Whether anyone listens, so that it is to be running. */
  get wanted(): boolean {
    return this.#listeners.size > 0;
  }

  listen(listener: RtpListener): Dispose {
    // Wrapped, so that one listener may listen twice and each release ends its own.
    const entry: RtpListener = { packets: (batch) => listener.packets(batch), restarted: () => listener.restarted() };
    this.#listeners.add(entry);
    if (this.#listeners.size === 1) this.#engine.start(this.id);
    return once(() => {
      this.#listeners.delete(entry);
      if (this.#listeners.size > 0) return;
      this.#delivered = false;
      this.#engine.stop(this.id);
    });
  }

  requestKeyframe(): void {
    if (this.kind === 'video' && this.wanted) this.#engine.keyframe(this.id);
  }

  requestPicture(): void {
    if (this.kind === 'video' && this.wanted) this.#engine.picture(this.id);
  }

  /** A start was ordered: what comes from now on comes out of a new pipe. */
  startOrdered(): void {
    this.#deframer = new RtpDeframer();
  }

  /** Bytes of this stream's pipe; returns whether packets were among them. */
  read(data: Buffer): boolean {
    let gavePackets = false;
    for (const chunk of this.#deframer.read(data)) {
      if (chunk.kind === 'restart') this.#begin();
      else {
        this.#deliver(chunk.packets);
        gavePackets = true;
      }
    }
    return gavePackets;
  }

  #begin(): void {
    if (this.#delivered) for (const listener of [...this.#listeners]) listener.restarted();
  }

  #deliver(packets: readonly Buffer[]): void {
    this.#delivered ||= this.wanted;
    for (const listener of this.#listeners) listener.packets(packets);
  }
}

import { randomInt } from 'node:crypto';
import type { Writable } from 'node:stream';
import { assertNever } from '../../../lib/assert-never.js';
import { CODECS } from '../../../protocol/codec.js';
import type { JobOutput } from '../../job.js';
import { MAX_RTP_PACKET_BYTES } from '../../pipelines/payloaders.js';
import { frameImage } from '../../screenshots/image-deframer.js';
import { frameRtp, RESTART_MARKER, RtpDeframer } from '../../streams/rtp-deframer.js';
import { Av1Payloader } from './av1-payloader.js';
import { GdpDeframer } from './gdp-deframer.js';

/** Takes what a pipeline writes and passes it on; `frameOut` is called when a frame has left and the next may come. */
export interface OutputFormat {
  /** False when the reader on the other side is behind. */
  write(data: Buffer): boolean;
}

const MARKER_BIT = 0x80;
/** More packets than this are passed on before the frame is complete. */
const MAX_WAITING_PACKETS = 32;

export function formatOf(output: JobOutput, sink: Writable, frameOut: () => void): OutputFormat {
  switch (output.kind) {
    case 'packets':
      return output.made === 'av1' ? new Av1Output(sink, frameOut) : new RtpOutput(sink, output.media === 'video', frameOut);
    case 'images':
      return new ImageOutput(sink, frameOut);
    default:
      return assertNever(output);
  }
}

/**
 * Framed RTP. Only whole packets are passed on, so that a pipeline can be stopped at any moment without breaking the framing;
 * a picture is passed on frame by frame, so that the server's batches are whole frames.
 */
class RtpOutput implements OutputFormat {
  readonly #sink: Writable;
  readonly #frameOut: () => void;
  readonly #byFrame: boolean;
  readonly #deframer = new RtpDeframer();
  #waiting: Buffer[] = [];

  constructor(sink: Writable, byFrame: boolean, frameOut: () => void) {
    this.#sink = sink;
    this.#byFrame = byFrame;
    this.#frameOut = frameOut;
    sink.write(RESTART_MARKER);
  }

  write(data: Buffer): boolean {
    let frameEnded = false;
    for (const chunk of this.#deframer.read(data)) {
      if (chunk.kind !== 'packets') continue;
      this.#waiting.push(...chunk.packets);
      frameEnded ||= chunk.packets.some((packet) => (packet[1]! & MARKER_BIT) !== 0);
    }
    if (this.#waiting.length === 0) return true;
    if (this.#byFrame && !frameEnded && this.#waiting.length < MAX_WAITING_PACKETS) return true;
    const accepted = this.#sink.write(frameRtp(this.#waiting));
    this.#waiting = [];
    if (frameEnded) this.#frameOut();
    return accepted;
  }
}

/** AV1 temporal units: payloaded here. */
class Av1Output implements OutputFormat {
  readonly #sink: Writable;
  readonly #frameOut: () => void;
  readonly #deframer = new GdpDeframer();
  readonly #payloader = new Av1Payloader({
    payloadType: CODECS.av1.payloadType,
    ssrc: randomInt(2 ** 32),
    firstSequence: randomInt(2 ** 16),
    maxPacketBytes: MAX_RTP_PACKET_BYTES,
  });

  constructor(sink: Writable, frameOut: () => void) {
    this.#sink = sink;
    this.#frameOut = frameOut;
    sink.write(RESTART_MARKER);
  }

  write(data: Buffer): boolean {
    let accepted = true;
    for (const unit of this.#deframer.read(data)) {
      accepted = this.#sink.write(frameRtp(this.#payloader.packets(unit.data, unit.ptsNs)));
      this.#frameOut();
    }
    return accepted;
  }
}

/** Whole images, each in one piece. */
class ImageOutput implements OutputFormat {
  readonly #sink: Writable;
  readonly #frameOut: () => void;
  readonly #deframer = new GdpDeframer();

  constructor(sink: Writable, frameOut: () => void) {
    this.#sink = sink;
    this.#frameOut = frameOut;
  }

  write(data: Buffer): boolean {
    let accepted = true;
    for (const image of this.#deframer.read(data)) {
      accepted = this.#sink.write(frameImage(image.data));
      this.#frameOut();
    }
    return accepted;
  }
}

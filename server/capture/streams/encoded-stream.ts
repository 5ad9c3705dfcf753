import type { Dispose } from '../../lib/dispose.js';
import type { CodecName } from '../../protocol/codec.js';

/** One shared encoding as the fan-out sees it; capture/ implements it. */
export interface EncodedStream {
  readonly id: string;
  readonly kind: 'video' | 'audio';
  readonly codec: CodecName;
  /** The first listener starts the encoding, the last release stops it. */
  listen(listener: RtpListener): Dispose;
  /** Asks for a keyframe; obeyed at most once per 500 ms per encoding, on a still screen too. */
  requestKeyframe(): void;
  /** Asks for a picture, whether or not anything has changed; dropped by a pipeline that takes its pictures by itself. */
  requestPicture(): void;
}

export interface RtpListener {
  /**
   * RTP packets (RFC 3550) in order, as the payloader made them: the codec's payload type, any SSRC, no header extensions.
   * A batch is what one read brought. The buffers are valid until the call returns.
   */
  packets(batch: readonly Buffer[]): void;
  /** The encoding was rebuilt (crash, new screen size): sequence numbers, timestamps and SSRC start anew, with a keyframe. */
  restarted(): void;
}

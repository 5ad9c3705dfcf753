import type { CodecName } from '../../protocol/codec.js';
import { type Job, OUTPUT, type Setting, SOURCE } from '../job.js';

/** One encoded stream: what its job is, and what is to be known of it. Rebuilt for every start, so expressions see the current screen. */
export interface StreamDescription {
  readonly id: string;
  readonly kind: 'video' | 'audio';
  readonly codec: CodecName;
  /** Not offered to clients, but selectable by its id. */
  readonly hidden: boolean;
  /** `grab`: fed with pictures of the screen through an appsrc named `source`; `own`: the text has its own source. */
  readonly source: 'grab' | 'own';
  /** What its sink, a `fdsink` named `output`, writes: RFC 4571 framed RTP, or AV1 temporal units for our own payloader. */
  readonly output: 'rtp' | 'av1';
  /**
   * How the encoder is made to give a keyframe: by GStreamer's force-key-unit event, or, since `av1enc` ignores that (seen in
   * 1.22), by new caps, upon which it starts anew.
   */
  readonly keyframeBy: 'event' | 'caps';
  /** Whether its encoder may aim at more than the text says, which nobody wrote, where there is room. */
  readonly mayExceed: boolean;
  /** The GStreamer launch text. */
  readonly text: string;
  /** The frame cap of a grabbed stream. */
  readonly framesPerSecond: number;
  /** Whether the cap lifts for a moment after an input; not where a rate was configured. */
  readonly lifts: boolean;
  /** What the administrator should know though the stream runs, such as an encoder that took another's place. */
  readonly notice?: string;
  /** Why the stream cannot be built, where that is known in better words than GStreamer's. */
  readonly problem?: string;
}

/** The job that makes a stream, with what is set of its elements. */
export function streamJob(stream: StreamDescription, settings: readonly Setting[]): Job {
  const { kind, source, output, keyframeBy, text, framesPerSecond, lifts } = stream;
  return {
    text,
    keyframeBy,
    settings: [...settings],
    inputs: source === 'grab' ? [{ kind: 'pictures', element: SOURCE, pace: 'damage', framesPerSecond, lifts }] : [],
    outputs: [{ kind: 'packets', element: OUTPUT, media: kind, made: output }],
  };
}

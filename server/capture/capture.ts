import type { CaptureConfig } from '../config/config.js';
import type { Clock } from '../lib/clock.js';
import type { Dispose } from '../lib/dispose.js';
import type { Log } from '../lib/log.js';
import type { EncodedStream } from '../media/encoded-stream.js';
import type { CaptureStatus } from './capture-status.js';
import type { RtpClock } from './rtp-clock.js';
import type { ScreenSize } from './screen-size.js';

export interface CaptureOptions {
  readonly config: Pick<CaptureConfig, 'audio' | 'video'>;
  /** The X display to grab, for example `:99`. */
  readonly display: string;
  /** The screen at start, as far as known; the host corrects width and height. */
  readonly screen: ScreenSize;
  /** Adds the stream `legacy`, which draws the pointer. */
  readonly legacy: boolean;
  readonly log: Log;
  readonly clock: Clock;
}

/** The running capture: its streams start with their first listener and stop after their last. */
export interface Capture {
  /** All streams by id, hidden ones and `audio` included. */
  readonly streams: ReadonlyMap<string, EncodedStream>;
  /** The ids offered to clients, best first. */
  readonly videoIds: readonly string[];
  readonly audio: EncodedStream;
  /** Someone moved the pointer or pressed a key: lifts the frame cap for a moment. Cheap, call it for every input. */
  noteInput(): void;
  /** The screen got a new mode: streams whose description depends on it are rebuilt. */
  screenChanged(screen: ScreenSize): void;
  status(): CaptureStatus;
  onStatus(listener: (status: CaptureStatus) => void): Dispose;
  /** The mapping for sender reports; undefined until the host is up. It changes when the host was restarted. */
  rtpClock(streamId: string): RtpClock | undefined;
  /** Ends the host process; idempotent. */
  close(): Promise<void>;
}

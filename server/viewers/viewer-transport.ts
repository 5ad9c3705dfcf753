import type { Progress } from './setting-up.js';

/** What a viewer watches through, whatever that is. It belongs to one viewer, and sends nothing before `show`. */
export interface ViewerTransport {
  readonly progress: Progress;
  /** What is sent from now on; the transport's end of it is its own matter. */
  show(shown: Shown): void;
  /** The most that its viewer can make use of, bit/s: no need to find out whether the path carries more. */
  setUsefulBitrate(bitrateBps: number): void;
  /** Pictures are to wait so long for their sound, ms; while no sound is sent they do not. */
  holdPicture(holdMs: number): void;
  /** One message of the binary protocol (protocol/channel/datachannel.ts), shared with other viewers; dropped while there is no way for it. */
  send(message: Buffer): void;
  /** What was sent so far and how it arrived; undefined before anything could be. */
  statistics(): TransportStatistics | undefined;
  /** Ends it without a word to its hooks. Idempotent. */
  close(): void;
}

/** A stream by its id, undefined for no picture; with sound or without. */
export interface Shown {
  readonly video: string | undefined;
  readonly audio: boolean;
}

export interface TransportStatistics {
  readonly packetsSent: number;
  readonly bytesSent: number;
  /** As the viewer last reported, undefined before it did. */
  readonly roundTripMs: number | undefined;
  /** 0 to 1, of the picture's packets since the report before. */
  readonly fractionLost: number | undefined;
  /** What the path is believed to carry, bit/s; undefined where nothing finds that out. */
  readonly estimateBps: number | undefined;
}

/** What a transport reports to its viewer; nothing after `onEnded` or `close`. */
export interface TransportHooks {
  /** What is shown is sent from now on. */
  onConnected(): void;
  /** Messages can be sent from now on. */
  onOpen(): void;
  /** One message of the viewer, not read yet. */
  onMessage(message: Buffer): void;
  /** How unevenly sound arrives, ms (interarrival jitter, RFC 3550 section 6.4.1). */
  onSoundReport(jitterMs: number): void;
  /** What the path is believed to carry has changed by 2 % or more, bit/s; not more often than every 50 ms. */
  onEstimate(estimateBps: number): void;
  /** It cannot go on; its viewer closes it. `detail` is for the log. */
  onEnded(end: TransportEnd, detail: string): void;
}

/**
 * Makes a viewer's transport, which reports to `hooks`, though not before it was returned. `startBps` is what the path is
 * believed to carry before anything was heard of it; undefined where nothing is known.
 */
export type OpenTransport<T extends ViewerTransport> = (hooks: TransportHooks, startBps: number | undefined) => T;

/** How a transport ends by itself: the viewer went, cannot be reached, was not there in time; or it went wrong. */
export type TransportEnd = 'left' | 'unreachable' | 'late' | 'failed';

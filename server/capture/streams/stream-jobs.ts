import type { Log } from '../../lib/log.js';
import { ok, type Result } from '../../lib/result.js';
import type { ScreenSize } from '../../protocol/events/screen.js';
import { type BitrateRange, bitrateRange } from '../encoders/bitrate-range.js';
import type { HasElement } from '../encoders/default-encoders.js';
import { bitrateSettings, nominalBitrate } from '../encoders/encoder-bitrate.js';
import { HardwareTrust } from '../encoders/hardware-trust.js';
import { encodersIn } from '../encoders/known-encoders.js';
import type { Job, Setting } from '../job.js';
import { type StreamDescription, streamJob } from '../pipelines/stream-description.js';

/** All streams as they read for a screen, on a machine with these elements. */
export type DescribeAll = (screen: ScreenSize, has: HasElement) => Result<StreamDescription[]>;

/** The jobs of the streams as they are now: with the encoders that are believed and the bitrates that were set. */
export class StreamJobs {
  readonly #describeAll: DescribeAll;
  readonly #log: Log;
  readonly #trust = new HardwareTrust();
  /** What is on this machine, as the last worker said; until one did, everything is thought to be. */
  #has: HasElement = () => true;
  /** The descriptions as they were last made. */
  readonly #described = new Map<string, StreamDescription>();
  /** Notices that were logged. */
  readonly #said = new Set<string>();
  /** The bitrates that were set for streams, bit/s. */
  readonly #bitrates = new Map<string, number>();

  constructor(describeAll: DescribeAll, log: Log) {
    this.#describeAll = describeAll;
    this.#log = log;
  }

  describe(id: string, screen: ScreenSize, has: HasElement): Result<Job> {
    this.#has = has;
    const described = this.#describeAll(screen, this.#trust.believed(has));
    if (!described.ok) return described;
    const stream = this.#remember(described.value.find((each) => each.id === id)!);
    return ok(streamJob(stream, this.#settingsOf(stream)));
  }

  /** What is to be set of a stream's job that runs, so that it aims at `bitrateBps`; its next run has that from the start. */
  setBitrate(id: string, bitrateBps: number): readonly Setting[] {
    this.#bitrates.set(id, bitrateBps);
    const described = this.#described.get(id);
    return described === undefined ? [] : this.#settingsOf(described);
  }

  /** What a stream aims at on such a screen, whether it runs or not, bit/s; undefined where its text does not say. */
  nominalBitrateBps(id: string, screen: ScreenSize): number | undefined {
    const stream = this.#planned(id, screen);
    return stream && nominalBitrate(stream.text, this.#bitrates.get(id));
  }

  /** Between which bitrates a stream may be moved on such a screen; `lowestId` is the last that is offered. */
  bitrateRange(id: string, screen: ScreenSize, lowestId: string | undefined): BitrateRange | undefined {
    const stream = this.#planned(id, screen);
    return stream && bitrateRange(stream.text, { mayExceed: stream.mayExceed, isLowest: id === lowestId });
  }

  delivered(id: string): void {
    this.#trust.delivered(id);
  }

  /** A stream that runs has failed. */
  failed(id: string, reason: string): void {
    this.#distrusted(this.#trust.failed(id, this.#described.get(id)?.text ?? ''), reason);
  }

  /** Whether hardware encodes a stream as it was last described. */
  isOnHardware(id: string): boolean {
    return encodersIn(this.#described.get(id)?.text ?? '').some(({ hardware }) => hardware !== undefined);
  }

  /** A stream cannot be built: whether that was its hardware encoder, so that it reads otherwise now. */
  blamesHardware(id: string, reason: string): boolean {
    return this.#distrusted(this.#trust.distrust(this.#described.get(id)?.text ?? ''), reason);
  }

  /** Why a stream cannot be built, in better words than GStreamer's where there are any. */
  problemOf(id: string): string | undefined {
    return this.#described.get(id)?.problem;
  }

  #planned(id: string, screen: ScreenSize): StreamDescription | undefined {
    const described = this.#describeAll(screen, this.#trust.believed(this.#has));
    return described.ok ? described.value.find((each) => each.id === id) : undefined;
  }

  #settingsOf({ id, text }: StreamDescription): readonly Setting[] {
    const bitrateBps = this.#bitrates.get(id);
    return bitrateBps === undefined ? [] : bitrateSettings(text, bitrateBps);
  }

  #remember(description: StreamDescription): StreamDescription {
    this.#described.set(description.id, description);
    const { notice } = description;
    if (notice === undefined || this.#said.has(notice) || this.#trust.speaksOf(notice)) return description;
    this.#said.add(notice);
    this.#log.warn({}, notice);
    return description;
  }

  #distrusted(encoder: string | undefined, reason: string): boolean {
    if (encoder === undefined) return false;
    this.#log.warn({ encoder, reason }, 'the hardware encoder fails, software encodes instead');
    return true;
  }
}

const NS_PER_SECOND = 1_000_000_000;
/** Times of frames must differ by a tick of the 90 kHz RTP clock. */
const SMALLEST_STEP_NS = 11_112n;

/** The times that pictures get when they are handed to a pipeline: running times that always grow. */
export class PictureTimes {
  readonly #baseNs: bigint;
  readonly #durationNs: bigint;
  #lastNs: bigint | undefined;

  /** `baseNs` is running time 0 on the monotonic clock. */
  constructor(baseNs: bigint, framesPerSecond: number) {
    this.#baseNs = baseNs;
    this.#durationNs = BigInt(Math.round(NS_PER_SECOND / framesPerSecond));
  }

  get isFirst(): boolean {
    return this.#lastNs === undefined;
  }

  next(): { readonly ptsNs: bigint; readonly durationNs: bigint } {
    const nowNs = process.hrtime.bigint() - this.#baseNs;
    const earliestNs = this.#lastNs === undefined ? nowNs : this.#lastNs + SMALLEST_STEP_NS;
    this.#lastNs = nowNs < earliestNs ? earliestNs : nowNs;
    return { ptsNs: this.#lastNs, durationNs: this.#durationNs };
  }
}

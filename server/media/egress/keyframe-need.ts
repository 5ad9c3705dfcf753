/** Who asks twice within this time is in need, whatever feedback says: its decoder has lost what it had. */
const INSISTS_MS = 1_500;

/**
 * [P] Whether a viewer that asks for a keyframe needs one. Browsers ask as well when nothing was sent for seconds, because nothing had
 * changed: whoever has everything since its last keyframe is sent any picture.
 */
export class KeyframeNeed {
  #keyframeAtMs: number | undefined;
  #lostAtMs = Number.NEGATIVE_INFINITY;
  #arrivedAtMs = Number.NEGATIVE_INFINITY;
  #askedAtMs = Number.NEGATIVE_INFINITY;

  /** A keyframe began to leave. */
  keyframeLeft(nowMs: number): void {
    this.#keyframeAtMs = nowMs;
  }

  /** Transport-wide feedback says that packets arrived. */
  arrived(nowMs: number): void {
    this.#arrivedAtMs = nowMs;
  }

  /** Packets were lost, by feedback or because the viewer asked for them again. */
  lost(nowMs: number): void {
    this.#lostAtMs = nowMs;
  }

  /** The viewer asks for a keyframe: what it is to be sent. */
  asks(nowMs: number): 'keyframe' | 'picture' {
    const insists = nowMs - this.#askedAtMs < INSISTS_MS;
    this.#askedAtMs = nowMs;
    const keyframeAtMs = this.#keyframeAtMs;
    const hasAll = keyframeAtMs !== undefined && this.#arrivedAtMs > keyframeAtMs && this.#lostAtMs < keyframeAtMs;
    return hasAll && !insists ? 'picture' : 'keyframe';
  }
}

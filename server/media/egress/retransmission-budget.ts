/** Media pays for its own repair: a quarter of its rate. */
export const RETRANSMISSION_SHARE = 0.25;
/** What can be resent before any media has paid, and the depth of a quiet stream's budget: about one keyframe. */
const FLOOR_BYTES = 32_000;
/** A rich stream saves up no more than this, 1 s of a quarter of 4 Mbit/s. */
const CEILING_BYTES = 125_000;

/** How many bytes one viewer may still be sent again. Pure. */
export class RetransmissionBudget {
  #credit = FLOOR_BYTES;

  /** Media of that size was sent for the first time. */
  earn(bytes: number): void {
    this.#credit = Math.min(CEILING_BYTES, this.#credit + bytes * RETRANSMISSION_SHARE);
  }

  /** Takes the price of a retransmission; false when it is not affordable. */
  take(bytes: number): boolean {
    if (bytes > this.#credit) return false;
    this.#credit -= bytes;
    return true;
  }
}

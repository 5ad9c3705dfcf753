/** Sound with its headers, which is never held back. */
const SOUND_BPS = 150_000;
/** What is left for the picture once repair and headers have theirs. */
const PICTURE_SHARE = 0.92;
/** Sound takes this share of a narrow path at most, when one speaks of the picture. */
const MOST_SOUND_SHARE = 0.3;

/** [P] What of an estimate of the path is left for the picture, bit/s. */
export function usableRate(estimateBps: number): number {
  return PICTURE_SHARE * (estimateBps - Math.min(SOUND_BPS, MOST_SOUND_SHARE * estimateBps));
}

import type { Departures } from '../../../server/media/paths/departures.js';

/** Loses the given share of all packets after they were sealed, the same ones for the same seed; the lengths of others are told. */
export function lossyDepartures(
  departures: Departures,
  share: number,
  seed: number,
  left: (bytes: number) => void = () => undefined,
): Departures & { readonly lost: number } {
  let state = seed;
  let lost = 0;
  // Numerical Recipes' linear congruential generator.
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return {
    ...departures,
    get lost() {
      return lost;
    },
    open(path) {
      const outlet = departures.open(path);
      return {
        ...outlet,
        commit(length) {
          if (random() < share) {
            lost++;
            return;
          }
          left(length);
          outlet.commit(length);
        },
      };
    },
  };
}

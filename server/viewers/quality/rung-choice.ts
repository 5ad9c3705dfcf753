/** A rung as one viewer's choice sees it. */
export interface RungNeed {
  readonly id: string;
  /** The least that it takes beside the others who watch it, bit/s; undefined where nobody knows. */
  readonly needBps: number | undefined;
}

export interface ChoiceView {
  /** Best first. */
  readonly rungs: readonly RungNeed[];
  /** The id of the rung that the viewer is shown. */
  readonly current: string;
  /** What the path leaves for the picture, bit/s. */
  readonly usableBps: number;
}

/** What is remembered of one viewer's rungs. */
export interface ChoiceMemory {
  /** Since when the path carries less than the rung takes. */
  readonly shortSinceMs: number | undefined;
  /** Since when the path carries what the next better rung takes. */
  readonly roomSinceMs: number | undefined;
  readonly wentUpAtMs: number;
  /** Whether the rung that it last went up to has not been left since. */
  readonly holds: boolean;
  /** How long there must be room before the next rung up; longer after each that failed. */
  readonly patienceMs: number;
}

/** A path that falls this far short is left at once, one that falls short by less once it stays so. */
const FAR_SHORT = 0.85;
const SHORT_MS = 1_000;
/** The next rung up needs so much more room than it takes. */
const HEADROOM = 1.1;
const LEAST_PATIENCE_MS = 2_000;
const MOST_PATIENCE_MS = 60_000;
/** A rung that had to be left again so soon was a failure; one that held so long was none. */
const FAILED_MS = 15_000;

export const NEW_CHOICE: ChoiceMemory = {
  shortSinceMs: undefined,
  roomSinceMs: undefined,
  wentUpAtMs: Number.NEGATIVE_INFINITY,
  holds: false,
  patienceMs: LEAST_PATIENCE_MS,
};

/** [P] Which rung one viewer is shown from now on: down as soon as the path is too narrow, up once there has been room for a while. */
export function stepRungChoice(memory: ChoiceMemory, view: ChoiceView, nowMs: number): readonly [ChoiceMemory, string] {
  const { rungs, current, usableBps } = view;
  const at = rungs.findIndex(({ id }) => id === current);
  const rung = rungs[at];
  if (rung === undefined) return [memory, current];
  const hasHeld = memory.holds && nowMs - memory.wentUpAtMs > FAILED_MS;
  const settled = hasHeld ? { ...memory, patienceMs: LEAST_PATIENCE_MS } : memory;
  const isShort = rung.needBps !== undefined && usableBps < rung.needBps;
  if (isShort && rung.needBps !== undefined) {
    const shortSinceMs = memory.shortSinceMs ?? nowMs;
    const short = { ...memory, shortSinceMs, roomSinceMs: undefined };
    const isFar = usableBps < FAR_SHORT * rung.needBps;
    const lower = isFar || nowMs - shortSinceMs >= SHORT_MS ? bestBelow(rungs, at, usableBps) : undefined;
    if (lower === undefined) return [short, current];
    const hasFailed = memory.holds && !hasHeld;
    const patienceMs = hasFailed ? Math.min(MOST_PATIENCE_MS, 2 * memory.patienceMs) : settled.patienceMs;
    return [{ ...NEW_CHOICE, patienceMs, wentUpAtMs: memory.wentUpAtMs }, lower];
  }
  const upper = rungs[at - 1];
  const hasRoom = upper !== undefined && (upper.needBps === undefined || usableBps >= HEADROOM * upper.needBps);
  if (upper === undefined || !hasRoom) return [{ ...settled, shortSinceMs: undefined, roomSinceMs: undefined }, current];
  const roomSinceMs = memory.roomSinceMs ?? nowMs;
  const waiting = { ...settled, shortSinceMs: undefined, roomSinceMs };
  if (nowMs - roomSinceMs < settled.patienceMs) return [waiting, current];
  return [{ ...NEW_CHOICE, patienceMs: settled.patienceMs, wentUpAtMs: nowMs, holds: true }, upper.id];
}

/** [P] The best rung for a path, at the beginning: the first that it carries, else the last. */
export function firstRung(rungs: readonly RungNeed[], usableBps: number): string | undefined {
  return bestBelow(rungs, -1, usableBps);
}

function bestBelow(rungs: readonly RungNeed[], at: number, usableBps: number): string | undefined {
  const below = rungs.slice(at + 1);
  return (below.find(({ needBps }) => needBps !== undefined && needBps <= usableBps) ?? below.at(-1))?.id;
}

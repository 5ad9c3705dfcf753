/** Packets that left within this time of the first of them are one group: a burst is measured as a whole. */
const GROUP_MS = 5;
/** What arrives this soon after the packet before, and faster than it was sent, waited with it somewhere: it is of its group. */
const BURST_GAP_MS = 5;
const BURST_MS = 100;
/** So many groups that arrived before the one ahead of them mean that the receiver's clock jumped. */
const REORDERED_GROUPS = 3;

/** How two groups that follow each other differ, ms. */
export interface GroupDelta {
  readonly sendMs: number;
  readonly arrivalMs: number;
  /** When the later group had arrived, on the receiver's clock. */
  readonly arrivedAtMs: number;
}

interface Group {
  readonly firstSentMs: number;
  readonly firstArrivedMs: number;
  lastSentMs: number;
  lastArrivedMs: number;
}

/** [P] Gathers packets into groups and measures the distances of groups (draft-ietf-rmcat-gcc-02 section 5.2). */
export class PacketGroups {
  #previous: Group | undefined;
  #current: Group | undefined;
  #reordered = 0;

  /** One packet that arrived, in the order of sending; the distance of the two groups before it, if it begins another. */
  add(sentMs: number, arrivedMs: number): GroupDelta | undefined {
    const current = this.#current;
    if (current === undefined) {
      this.#current = begun(sentMs, arrivedMs);
      return undefined;
    }
    if (sentMs < current.firstSentMs) return undefined;
    if (isOfGroup(current, sentMs, arrivedMs)) {
      current.lastSentMs = Math.max(current.lastSentMs, sentMs);
      current.lastArrivedMs = Math.max(current.lastArrivedMs, arrivedMs);
      return undefined;
    }
    const delta = this.#previous === undefined ? undefined : this.#distance(this.#previous, current);
    if (this.#current === undefined) return undefined;
    this.#previous = current;
    this.#current = begun(sentMs, arrivedMs);
    return delta;
  }

  reset(): void {
    this.#previous = undefined;
    this.#current = undefined;
    this.#reordered = 0;
  }

  #distance(previous: Group, current: Group): GroupDelta | undefined {
    const arrivalMs = current.lastArrivedMs - previous.lastArrivedMs;
    if (arrivalMs < 0) {
      this.#reordered++;
      if (this.#reordered >= REORDERED_GROUPS) this.reset();
      return undefined;
    }
    this.#reordered = 0;
    return { sendMs: current.lastSentMs - previous.lastSentMs, arrivalMs, arrivedAtMs: current.lastArrivedMs };
  }
}

function begun(sentMs: number, arrivedMs: number): Group {
  return { firstSentMs: sentMs, firstArrivedMs: arrivedMs, lastSentMs: sentMs, lastArrivedMs: arrivedMs };
}

function isOfGroup(group: Group, sentMs: number, arrivedMs: number): boolean {
  if (sentMs - group.firstSentMs <= GROUP_MS) return true;
  const arrivalMs = arrivedMs - group.lastArrivedMs;
  const propagationMs = arrivalMs - (sentMs - group.lastSentMs);
  return propagationMs < 0 && arrivalMs <= BURST_GAP_MS && arrivedMs - group.firstArrivedMs < BURST_MS;
}

/** How far a viewer got: its transport was offered, it answered, or it is connected. */
export type Progress = 'offered' | 'answered' | 'connected';

/** A viewer that is on its way, and what has come of it. */
export interface Arrival {
  /** Whom it is counted with: the network that its viewer comes from. */
  readonly network: string;
  readonly progress: Progress;
}

/**
 * The viewer that gives way when there is no room for another, undefined if none can: one of the network that has most of them on
 * their way, so that whoever asks again and again is in nobody's way but his own; unanswered before answered, the oldest first.
 * Pure; `arrivals` come in the order of their age (SPEC.md VW11).
 */
export function whoGivesWay<T extends Arrival>(arrivals: Iterable<T>): T | undefined {
  const byNetwork = new Map<string, T[]>();
  for (const arrival of arrivals) {
    if (arrival.progress === 'connected') continue;
    const others = byNetwork.get(arrival.network);
    if (others) others.push(arrival);
    else byNetwork.set(arrival.network, [arrival]);
  }
  let most: readonly T[] = [];
  for (const group of byNetwork.values()) if (group.length > most.length) most = group;
  return most.find(({ progress }) => progress === 'offered') ?? most[0];
}

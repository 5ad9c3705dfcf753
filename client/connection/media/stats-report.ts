/** The figures of the connection panel; null where the browser has none. */
export interface StatsReport {
  readonly width: number | null;
  readonly height: number | null;
  readonly framesPerSecond: number | null;
  readonly codec: string | null;
  readonly bitrateBps: number | null;
  readonly lostPercent: number | null;
  /** Such as `UDP, direct` or `TCP, through a relay`. */
  readonly path: string | null;
  /** The counters this report was made from, for the difference to the next one. */
  readonly counters: Counters | null;
}

interface Counters {
  readonly atMs: number;
  readonly bytes: number;
  readonly received: number;
  readonly lost: number;
}

export const EMPTY_REPORT: StatsReport = {
  width: null,
  height: null,
  framesPerSecond: null,
  codec: null,
  bitrateBps: null,
  lostPercent: null,
  path: null,
  counters: null,
};

type Entry = Readonly<Record<string, unknown>>;

/** Reads the entries of an RTCStatsReport; `before` is the previous report of the same peer. */
export function readStats(entries: readonly Entry[], before: StatsReport): StatsReport {
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const video = entries.find((entry) => entry.type === 'inbound-rtp' && entry.kind === 'video');
  const counters = video ? readCounters(video) : null;
  const codec = byId.get(video?.codecId)?.mimeType;
  return {
    width: number(video?.frameWidth),
    height: number(video?.frameHeight),
    framesPerSecond: number(video?.framesPerSecond),
    codec: typeof codec === 'string' ? codec.replace('video/', '') : null,
    path: readPath(entries, byId),
    counters,
    ...difference(counters, before.counters),
  };
}

function readCounters(video: Entry): Counters {
  return {
    atMs: number(video.timestamp) ?? 0,
    bytes: number(video.bytesReceived) ?? 0,
    received: number(video.packetsReceived) ?? 0,
    lost: number(video.packetsLost) ?? 0,
  };
}

function difference(now: Counters | null, before: Counters | null): Pick<StatsReport, 'bitrateBps' | 'lostPercent'> {
  // Counters that went back belong to a new peer.
  if (!now || !before || now.atMs <= before.atMs || now.bytes < before.bytes) return { bitrateBps: null, lostPercent: null };
  const lost = Math.max(0, now.lost - before.lost);
  const expected = now.received - before.received + lost;
  return {
    bitrateBps: ((now.bytes - before.bytes) * 8000) / (now.atMs - before.atMs),
    lostPercent: expected > 0 ? (100 * lost) / expected : 0,
  };
}

/** Whether this browser sends through a TURN server of its own list. */
export function usesOwnRelay(entries: readonly Entry[]): boolean {
  return selectedPair(entries, new Map(entries.map((entry) => [entry.id, entry]))).local?.candidateType === 'relay';
}

function selectedPair(entries: readonly Entry[], byId: ReadonlyMap<unknown, Entry>) {
  const transport = entries.find((entry) => entry.type === 'transport');
  const pair = byId.get(transport?.selectedCandidatePairId);
  return { local: byId.get(pair?.localCandidateId), remote: byId.get(pair?.remoteCandidateId) };
}

function readPath(entries: readonly Entry[], byId: ReadonlyMap<unknown, Entry>): string | null {
  const { local, remote } = selectedPair(entries, byId);
  if (!local || !remote || typeof local.protocol !== 'string') return null;
  const relayed = local.candidateType === 'relay' || remote.candidateType === 'relay';
  return `${local.protocol.toUpperCase()}, ${relayed ? 'through a relay' : 'direct'}`;
}

function number(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

import { err, ok, type Result } from '../../lib/result.js';

/** One video stream as selection sees it. */
export interface Rung {
  readonly id: string;
  /** Measured over the last full second; 0 while it does not run. */
  readonly bitrateBps: number;
  /** What it takes while it runs, also while it does not: what its encoder aims at, else the most it took so far. */
  readonly nominalBitrateBps: number | undefined;
}

export interface StreamQuery {
  readonly type?: 'exact' | 'nearest' | 'lower' | 'higher' | undefined;
  readonly id?: string | undefined;
  readonly bitrate?: number | undefined;
}

/**
 * Resolves a selector of `signal/request` or `signal/video` to a stream id.
 * `ladder` is ordered from best to worst; `hidden` streams can be named exactly but are in no ladder.
 */
export function selectStream(selector: StreamQuery, ladder: readonly Rung[], hidden: readonly string[]): Result<string> {
  const type = selector.type ?? 'exact';
  const found = selector.id ? byId(type, selector.id, ladder, hidden) : byBitrate(type, selector.bitrate ?? 0, ladder);
  return found === undefined ? err(`no video stream for ${JSON.stringify(selector)}`) : ok(found);
}

function byId(type: string, id: string, ladder: readonly Rung[], hidden: readonly string[]): string | undefined {
  const index = ladder.findIndex((rung) => rung.id === id);
  if (type === 'lower') return index < 0 ? undefined : ladder[index + 1]?.id;
  if (type === 'higher') return index < 0 ? undefined : ladder[index - 1]?.id;
  return index >= 0 || hidden.includes(id) ? id : undefined;
}

function byBitrate(type: string, bitrateBps: number, ladder: readonly Rung[]): string | undefined {
  if (bitrateBps <= 0) return undefined;
  const running = ladder.filter((rung) => rung.bitrateBps > 0);
  switch (type) {
    case 'lower':
      return running.findLast((rung) => rung.bitrateBps < bitrateBps)?.id;
    case 'higher':
      return running.find((rung) => rung.bitrateBps > bitrateBps)?.id;
    case 'nearest': {
      const byRate = running.toSorted((a, b) => b.bitrateBps - a.bitrateBps);
      return (byRate.find((rung) => rung.bitrateBps <= bitrateBps) ?? byRate.at(-1) ?? ladder[0])?.id;
    }
    default:
      return running.find((rung) => rung.bitrateBps === bitrateBps)?.id;
  }
}

/** What a probe is made of: so many bytes at such a rate. */
export interface Probe {
  readonly id: number;
  readonly bitrateBps: number;
  readonly bytes: number;
}

/** This share of a probe must have arrived before it says anything. */
const ENOUGH = 0.8;
const LEAST_PACKETS = 4;
const LONGEST_MS = 1_000;
/** What arrives that much faster than it was sent was held up somewhere, and let go at once. */
const MOST_SPEED_UP = 2;
/** Below this share of the rate at which it was sent, the probe met the path's limit. */
const UNSATURATED = 0.9;
/** Of a path that a probe has filled. */
const UTILISATION = 0.95;
/** Probes whose packets may still arrive. */
const KEPT_PROBES = 8;

interface Arrivals {
  packets: number;
  bytes: number;
  firstSentMs: number;
  lastSentMs: number;
  lastSentBytes: number;
  firstArrivedMs: number;
  lastArrivedMs: number;
  firstArrivedBytes: number;
}

/** [P] What the probes of one viewer have shown: the rate at which their packets arrived against that at which they left. */
export class ProbeResults {
  readonly #arrivals = new Map<number, Arrivals>();

  /** One packet of a probe that arrived; the rate that it proves, bit/s, once enough of them have. */
  add(probe: Probe, sentMs: number, arrivedMs: number, bytes: number): number | undefined {
    const arrivals = this.#arrivals.get(probe.id) ?? this.#begin(probe.id);
    arrivals.packets++;
    arrivals.bytes += bytes;
    arrivals.firstSentMs = Math.min(arrivals.firstSentMs, sentMs);
    if (sentMs >= arrivals.lastSentMs) {
      arrivals.lastSentMs = sentMs;
      arrivals.lastSentBytes = bytes;
    }
    if (arrivedMs < arrivals.firstArrivedMs) {
      arrivals.firstArrivedMs = arrivedMs;
      arrivals.firstArrivedBytes = bytes;
    }
    arrivals.lastArrivedMs = Math.max(arrivals.lastArrivedMs, arrivedMs);
    const isEnough = arrivals.packets >= LEAST_PACKETS && arrivals.bytes >= ENOUGH * probe.bytes;
    return isEnough ? rateOf(arrivals) : undefined;
  }

  #begin(id: number): Arrivals {
    const arrivals = {
      packets: 0,
      bytes: 0,
      firstSentMs: Number.POSITIVE_INFINITY,
      lastSentMs: Number.NEGATIVE_INFINITY,
      lastSentBytes: 0,
      firstArrivedMs: Number.POSITIVE_INFINITY,
      lastArrivedMs: Number.NEGATIVE_INFINITY,
      firstArrivedBytes: 0,
    };
    this.#arrivals.set(id, arrivals);
    const [oldest] = this.#arrivals.keys();
    if (this.#arrivals.size > KEPT_PROBES && oldest !== undefined) this.#arrivals.delete(oldest);
    return arrivals;
  }
}

function rateOf(arrivals: Arrivals): number | undefined {
  const sendMs = arrivals.lastSentMs - arrivals.firstSentMs;
  const arrivalMs = arrivals.lastArrivedMs - arrivals.firstArrivedMs;
  if (sendMs <= 0 || arrivalMs <= 0 || sendMs > LONGEST_MS || arrivalMs > LONGEST_MS) return undefined;
  const sendBps = ((arrivals.bytes - arrivals.lastSentBytes) * 8_000) / sendMs;
  const arrivalBps = ((arrivals.bytes - arrivals.firstArrivedBytes) * 8_000) / arrivalMs;
  if (arrivalBps / sendBps > MOST_SPEED_UP) return undefined;
  return arrivalBps < UNSATURATED * sendBps ? UTILISATION * arrivalBps : Math.min(sendBps, arrivalBps);
}

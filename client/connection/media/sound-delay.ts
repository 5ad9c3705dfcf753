/** A browser's counters of received sound, since the peer began. */
export interface SoundCounters {
  /** Seconds that all samples played so far waited in the jitter buffer, added up. */
  readonly delaySeconds: number;
  readonly samples: number;
  /** Energy of the played sound; silence adds nothing. */
  readonly energy: number;
}

type Entry = Readonly<Record<string, unknown>>;

/** The counters; null where this browser has none or receives no sound. */
export function readSoundCounters(entries: readonly Entry[]): SoundCounters | null {
  const sound = entries.find((entry) => entry.type === 'inbound-rtp' && entry.kind === 'audio');
  const { jitterBufferDelay, jitterBufferEmittedCount, totalAudioEnergy } = sound ?? {};
  return typeof jitterBufferDelay === 'number' &&
    typeof jitterBufferEmittedCount === 'number' &&
    typeof totalAudioEnergy === 'number'
    ? { delaySeconds: jitterBufferDelay, samples: jitterBufferEmittedCount, energy: totalAudioEnergy }
    : null;
}

/** About -70 dB for two seconds. */
const SILENCE = 2e-7;
/** Music has rests, and speech has pauses; only longer silence counts. */
const SILENT_READINGS = 2;

/**
 * Turns readings that come every few seconds into reports for the server: how long sound waits before it is played, in ms, and
 * 0 once when it is silent. Null: no report.
 */
export class SoundDelay {
  #before: SoundCounters | null = null;
  #silent = SILENT_READINGS;

  /** The report of a page that plays sound. */
  read(now: SoundCounters | null): number | null {
    const before = this.#before;
    this.#before = now;
    // Counters that went back belong to a new peer.
    if (!now || !before || now.samples <= before.samples) return null;
    if (now.energy - before.energy > SILENCE) this.#silent = 0;
    else if (this.#silent < SILENT_READINGS && ++this.#silent === SILENT_READINGS) return 0;
    if (this.#silent >= SILENT_READINGS) return null;
    return Math.round((1000 * (now.delaySeconds - before.delaySeconds)) / (now.samples - before.samples));
  }

  /** The report of a page whose sound is switched off. */
  mute(): number | null {
    const wasHeard = this.#silent < SILENT_READINGS;
    this.#silent = SILENT_READINGS;
    this.#before = null;
    return wasHeard ? 0 : null;
  }
}

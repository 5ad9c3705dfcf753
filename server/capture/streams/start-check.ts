import type { Clock } from '../../lib/clock.js';
import type { Log } from '../../lib/log.js';
import { err, ok, type Result } from '../../lib/result.js';
import { AUDIO_ID } from '../pipelines/audio-stream.js';

/** A worker that says nothing for this long is left to its supervisor, and the server starts without knowing. */
const LIMIT_MS = 10_000;

/**
 * Whether the streams can be built on this machine, found out before anyone watches: the encoder of the chosen codec may be
 * missing, or a written pipeline may be wrong. The outcome is an error when no offered video can be; everything else that
 * cannot is a warning, since a desktop without sound is better than none.
 */
export class StartCheck {
  readonly outcome: Promise<Result<void>>;
  readonly #log: Log;
  readonly #awaited: Set<string>;
  /** Why offered video cannot be built, from best to worst. */
  readonly #failures: Map<string, string | undefined>;
  #settle: (outcome: Result<void>) => void = () => undefined;

  constructor(videoIds: readonly string[], log: Log, clock: Clock) {
    this.#log = log;
    this.#awaited = new Set(videoIds);
    this.#failures = new Map(videoIds.map((id) => [id, undefined]));
    this.outcome = new Promise((resolve) => {
      const release = clock.after(LIMIT_MS, () => resolve(ok(undefined)));
      this.#settle = (outcome) => {
        release();
        resolve(outcome);
      };
    });
  }

  /** What was found out about one stream; `reason` says why it cannot be built. */
  heard(id: string, reason: string | undefined): void {
    const awaited = this.#awaited.delete(id);
    if (reason === undefined) {
      if (awaited) this.#settle(ok(undefined));
      return;
    }
    if (awaited) this.#failures.set(id, reason);
    if (awaited && this.#awaited.size === 0) this.#settle(this.#nothing());
    else this.#log.warn({ stream: id, reason }, id === AUDIO_ID ? 'the desktop has no sound' : 'this stream cannot run');
  }

  /** Every picture fails; the best of them says why. */
  #nothing(): Result<void> {
    const [[id, reason] = []] = this.#failures;
    return err(`no picture can be encoded: ${reason} (stream ${id})`);
  }

  /** No stream can run at all. */
  unusable(reason: string): void {
    this.#settle(err(`nothing can be captured: ${reason}`));
  }

  close(): void {
    this.#settle(ok(undefined));
  }
}

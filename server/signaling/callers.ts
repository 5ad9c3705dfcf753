import type { Rate } from '../lib/bounds/token-bucket.js';
import type { Log } from '../lib/log.js';
import type { ClientPlace } from '../room/client-place.js';
import type { Actor } from '../room/command.js';
import type { RoomRunner } from '../room/room-runner.js';
import { actorOf, apiTokenDigest } from './http/access/credentials.js';
import { RequestRate } from './http/rates/request-rate.js';
import { LOGIN_LIMITS } from './limits.js';
import { LogLimiter } from './log-limiter.js';

const GUESSES: Rate = { burst: LOGIN_LIMITS.guessBurst.value, perSecond: LOGIN_LIMITS.guessRate.value };

/** The caller, or null for an unknown token; its network has to wait for `waitMs` before the next guess. */
export interface Identified {
  readonly actor: Actor | null;
  readonly waitMs: number;
}

/**
 * Finds callers by their tokens. Unknown tokens of one network are counted; beyond the bound the network has to wait. The wait
 * never concerns session tokens, which cannot be guessed, nor an API token that is long enough.
 */
export class Callers {
  readonly #apiDigest: string | null;
  readonly #isApiTokenWeak: boolean;
  readonly #guesses = new RequestRate(LOGIN_LIMITS.remembered.value);
  readonly #limiter = new LogLimiter(5, 60_000);

  constructor(
    private readonly room: RoomRunner,
    apiToken: string,
    private readonly log: Log,
  ) {
    this.#apiDigest = apiTokenDigest(apiToken);
    this.#isApiTokenWeak = apiToken.length < LOGIN_LIMITS.apiToken.value;
    if (apiToken !== '' && this.#isApiTokenWeak)
      log.warn(
        { characters: apiToken.length },
        `session.api_token is short enough to be guessed: give it ${LOGIN_LIMITS.apiToken.value} random characters or more`,
      );
  }

  /** The owner of `token`, or null for an unknown one. */
  lookUp(token: string): Actor | null {
    return actorOf(this.room.state, token, this.#apiDigest);
  }

  /** The same for a request from `place`, which counts as a use of the session or as a guess. */
  identify(token: string, { place, nowMs }: { readonly place: ClientPlace; readonly nowMs: number }): Identified {
    const actor = this.lookUp(token);
    if (actor?.kind === 'session') this.room.apply({ kind: 'use', id: actor.id, place });
    const isSafe = actor?.kind === 'session' || (actor?.kind === 'api' && !this.#isApiTokenWeak);
    if (isSafe) return { actor, waitMs: 0 };
    if (actor !== null) return this.#guesses.wait(place.network, nowMs) === 0 ? { actor, waitMs: 0 } : this.#wait(place, 1_000);
    const waitMs = this.#guesses.take(place.network, GUESSES, nowMs);
    return waitMs === 0 ? { actor, waitMs } : this.#wait(place, waitMs);
  }

  #wait({ address }: ClientPlace, waitMs: number): Identified {
    const heldBack = this.#limiter.pass(performance.now());
    if (heldBack !== null) this.log.warn({ address, heldBack }, 'too many unknown tokens of one address');
    return { actor: null, waitMs };
  }
}

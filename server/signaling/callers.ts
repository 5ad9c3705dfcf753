import type { Actor } from '../room/command.js';
import type { ClientPlace } from '../room/room-state.js';
import { actorOf, apiTokenDigest } from './credentials.js';
import type { RoomRunner } from './room-runner.js';

/** Who calls, by the token shown. */
export class Callers {
  readonly #apiDigest: string | null;

  constructor(
    private readonly room: RoomRunner,
    apiToken: string,
  ) {
    this.#apiDigest = apiTokenDigest(apiToken);
  }

  /** Who shows `token`, or null where nobody does. */
  lookUp(token: string): Actor | null {
    return actorOf(this.room.state, token, this.#apiDigest);
  }

  /** The same for a request that came from `place`: a session was used. */
  identify(token: string, place: ClientPlace): Actor | null {
    const actor = this.lookUp(token);
    if (actor?.kind === 'session') this.room.apply({ kind: 'use', id: actor.id, place });
    return actor;
  }
}

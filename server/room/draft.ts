import type { ServerMessage } from '../protocol/events/events.js';
import type { Actor, Refusal } from './command.js';
import type { Effect } from './effect.js';
import { type EpochMs, type Room, type Session, socketOf } from './room-state.js';
import { type Deed, refusalOf } from './rules/rights.js';

/** The outcome of a command: the room as it is now, the effects, and a refusal where the command changed nothing. */
export interface Step {
  readonly state: Room;
  readonly effects: readonly Effect[];
  readonly refused: Refusal | null;
}

/** A room while one command is worked on. It lives for one step, so writing to it changes no state that others hold. */
export class Draft {
  readonly effects: Effect[] = [];
  refused: Refusal | null = null;

  constructor(
    public room: Room,
    readonly nowMs: EpochMs,
  ) {}

  update(change: Partial<Room>): void {
    this.room = { ...this.room, ...change };
  }

  updateSession(session: Session): void {
    this.update({ sessions: new Map(this.room.sessions).set(session.id, session) });
  }

  addSession(session: Session): void {
    this.updateSession(session);
    this.update({ idsByToken: new Map(this.room.idsByToken).set(session.tokenDigest, session.id) });
  }

  removeSession({ id, tokenDigest }: Session): void {
    const sessions = new Map(this.room.sessions);
    const idsByToken = new Map(this.room.idsByToken);
    sessions.delete(id);
    idsByToken.delete(tokenDigest);
    this.update({ sessions, idsByToken });
  }

  effect(effect: Effect): void {
    this.effects.push(effect);
  }

  refuse(refusal: Refusal): void {
    this.refused = refusal;
  }

  /** Whether `actor` may do that; refuses where it may not. */
  may(actor: Actor, deed: Deed): boolean {
    const refusal = refusalOf(this.room, actor, deed);
    if (refusal !== null) this.refuse(refusal);
    return refusal === null;
  }

  /** Sends to every session with an open socket that `where` selects. */
  broadcast(message: ServerMessage, where: (session: Session) => boolean = () => true): void {
    const sockets = [...this.room.sessions.values()]
      .filter(where)
      .map(socketOf)
      .filter((socket) => socket !== null);
    if (sockets.length > 0) this.effect({ kind: 'send', sockets, message });
  }

  done(): Step {
    return { state: this.room, effects: this.effects, refused: this.refused };
  }
}

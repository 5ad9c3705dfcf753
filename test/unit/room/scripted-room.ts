import { DISCONNECTS } from '../../../server/protocol/errors/disconnects.js';
import { type MemberProfile, NEW_MEMBER_PROFILE } from '../../../server/protocol/events/profile.js';
import type { Settings } from '../../../server/protocol/events/settings.js';
import type { Actor, Command, Refusal } from '../../../server/room/command.js';
import type { Effect } from '../../../server/room/effect.js';
import { step } from '../../../server/room/room.js';
import { type Room, type SavedSession, startingRoom } from '../../../server/room/room-state.js';
import type { SessionRules } from '../../../server/room/session-rules.js';
import { DEFAULT_SETTINGS } from '../../support/default-settings.js';
import { ENDLESS, loginOf } from '../../support/sessions.js';

export const session = (id: string): Actor => ({ kind: 'session', id });
export const API: Actor = { kind: 'api' };

export const USER: MemberProfile = { ...NEW_MEMBER_PROFILE, can_see_inactive_cursors: false };
export const ADMIN: MemberProfile = { ...NEW_MEMBER_PROFILE, is_admin: true };

interface Start {
  readonly rules?: Partial<SessionRules>;
  readonly saved?: readonly SavedSession[];
}

/** A room that a test plays a script on. Session `a` has socket 1, `b` has 2, and so on unless said otherwise. */
export class ScriptedRoom {
  room: Room;
  nowMs = 1_000_000;
  effects: readonly Effect[] = [];
  refused: Refusal | null = null;

  constructor(settings: Partial<Settings> = {}, { rules = {}, saved = [] }: Start = {}) {
    const whole = { ...DEFAULT_SETTINGS, ...settings };
    this.room = startingRoom({ settings: whole, rules: { ...ENDLESS, ...rules }, saved, nowMs: this.nowMs });
  }

  /** Logs in and connects: `{ ann: ADMIN, bob: USER }`, sockets 1, 2, … in this order. */
  static with(members: Record<string, MemberProfile>, settings: Partial<Settings> = {}): ScriptedRoom {
    const script = new ScriptedRoom(settings);
    Object.entries(members).forEach(([id, profile], index) => {
      script.login(id, profile);
      script.do({ kind: 'connect', id, socket: index + 1 });
    });
    return script;
  }

  do(command: Command): this {
    const { state, effects, refused } = step(this.room, command, this.nowMs);
    this.room = state;
    this.effects = effects;
    this.refused = refused;
    return this;
  }

  after(ms: number): this {
    this.nowMs += ms;
    return this.do({ kind: 'tick' });
  }

  login(id: string, profile: MemberProfile, token = `token of ${id}`): this {
    return this.do({ kind: 'login', session: loginOf(id, profile, token) });
  }

  ask(id: string): this {
    return this.do({ kind: 'request-control', actor: session(id), implicit: true });
  }

  /** What the last command caused, one line each: `1,2 control/host {"…"}`, `disconnect 1 reason`, `wake +5000`. */
  get told(): string[] {
    return this.effects.map((effect) => {
      if (effect.kind === 'send')
        return `${effect.sockets.join()} ${effect.message.event} ${JSON.stringify(effect.message.payload)}`;
      if (effect.kind === 'disconnect') return `disconnect ${effect.socket} ${DISCONNECTS[effect.reason].reason}`;
      if (effect.kind === 'wake') return `wake +${effect.atMs - this.nowMs}`;
      if (effect.kind === 'greet') return `greet ${effect.socket}`;
      if (effect.kind === 'input') return `input ${effect.sessionId} ${JSON.stringify(effect.action)}`;
      if (effect.kind === 'pause-peer') return `${effect.paused ? 'pause' : 'resume'} ${effect.sessionId}`;
      if (effect.kind === 'close-peer') return `close-peer ${effect.sessionId}`;
      return effect.kind;
    });
  }

  /** The same, without what the messages carry: `1,2 control/host`. */
  get heard(): string[] {
    return this.told.map((line) => line.replace(/ [{[].*$/, ''));
  }
}

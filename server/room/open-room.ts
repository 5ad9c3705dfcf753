import type { Clock } from '../lib/clock.js';
import type { Log } from '../lib/log.js';
import { ok, type Result } from '../lib/result.js';
import type { Settings } from '../protocol/events/settings.js';
import { RoomRunner } from './room-runner.js';
import { startingRoom } from './room-state.js';
import type { SessionRules } from './session-rules.js';
import type { PasswordMarks } from './store/password-marks.js';
import { type MemberCredentials, restoreSessions } from './store/restore-sessions.js';
import { RoomStore } from './store/room-store.js';

export interface RoomOptions {
  /** The room's settings at start. */
  readonly settings: Settings;
  readonly rules: SessionRules;
  /** Where sessions are kept over restarts, and bans beside them; null keeps them in memory. */
  readonly file: string | null;
  readonly members: MemberCredentials;
  readonly clock: Clock;
  readonly log: Log;
}

/** The room as a stage of its own: fronts send it commands and subscribe to its effects. */
export interface OpenRoom {
  readonly runner: RoomRunner;
  readonly passwordMarks: PasswordMarks;
  /** Resolves when sessions and bans are on disk as they are now, so that a crash right after takes none along. */
  flush(): Promise<void>;
  /** Resolves when the sessions are on disk for the last time. */
  close(): Promise<void>;
}

/** Opens the room with the sessions and bans that were saved; the error says why their files cannot be used. */
export async function openRoom({ settings, rules, file, members, clock, log }: RoomOptions): Promise<Result<OpenRoom>> {
  const stored = await RoomStore.open(file, { clock, log });
  if (!stored.ok) return stored;
  const { store, sessions, bans } = stored.value;
  const saved = await restoreSessions(sessions, members, store.passwordMarks, log);
  const runner = new RoomRunner(startingRoom({ settings, rules, saved, bans, nowMs: Date.now() }), clock);
  const stopKeeping = store.keep(runner);
  // Ends what was over before the start, and wakes the room for the next.
  runner.apply({ kind: 'tick' });
  if (saved.length > 0) store.save(runner);
  return ok({
    runner,
    passwordMarks: store.passwordMarks,
    flush: () => store.flush(),
    async close() {
      runner.close();
      stopKeeping();
      await store.close();
    },
  });
}

import type { Clock } from '../../lib/clock.js';
import type { Dispose } from '../../lib/dispose.js';
import type { RoomRunner } from '../room-runner.js';
import { savedSessions } from '../room-state.js';
import type { SessionFile } from './session-file.js';

/** A crash loses the session uses of this time; far less than any sensible idle timeout. */
const SAVE_EVERY_MS = 60_000;

/** Saves the sessions when anything about them changed, once a minute: a write for every use and connection would be too many. */
export function saveRegularly(room: RoomRunner, file: SessionFile, clock: Clock): Dispose {
  let saved = room.state.sessions;
  let release: Dispose = () => {};
  const look = () => {
    if (room.state.sessions !== saved) {
      saved = room.state.sessions;
      file.save(savedSessions(room.state));
    }
    release = clock.after(SAVE_EVERY_MS, look);
  };
  release = clock.after(SAVE_EVERY_MS, look);
  return () => release();
}

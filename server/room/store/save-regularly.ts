import type { Clock } from '../../lib/clock.js';
import type { Dispose } from '../../lib/dispose.js';
import type { RoomRunner } from '../room-runner.js';
import { savedSessions } from '../room-state.js';
import type { SessionFile } from './session-file.js';

/** What a crash may lose of the times at which sessions were used; far less than any sensible idle timeout. */
const SAVE_EVERY_MS = 60_000;

/** Saves the sessions when anything about them changed, once a minute: uses and connections are not worth a write each. */
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

import { randomBytes } from 'node:crypto';
import { assertNever } from '../../lib/assert-never.js';
import type { Clock } from '../../lib/clock.js';
import { type Dispose, once } from '../../lib/dispose.js';
import type { Log } from '../../lib/log.js';
import { ok, type Result } from '../../lib/result.js';
import type { RoomRunner } from '../room-runner.js';
import { type Ban, type SavedSession, savedSessions } from '../room-state.js';
import { BanFile } from './ban-file.js';
import { PasswordMarks } from './password-marks.js';
import { saveRegularly } from './save-regularly.js';
import { SessionFile } from './session-file.js';

interface Files {
  readonly sessions: SessionFile;
  readonly bans: BanFile;
}

/** What the last run saved. */
export interface Stored {
  readonly store: RoomStore;
  readonly sessions: readonly SavedSession[];
  readonly bans: readonly Ban[];
}

/** The part of the room that is kept over restarts: in files, or in memory where none is configured. */
export class RoomStore {
  /** Marks of the passwords that sessions were opened with. */
  readonly passwordMarks: PasswordMarks;

  private constructor(
    private readonly files: Files | null,
    private readonly clock: Clock,
  ) {
    this.passwordMarks = new PasswordMarks(files?.sessions.key ?? randomBytes(32));
  }

  /** Reads `sessionFile` and the files beside it; null keeps everything in memory. The error says why they cannot be used. */
  static async open(sessionFile: string | null, { clock, log }: { clock: Clock; log: Log }): Promise<Result<Stored>> {
    if (sessionFile === null) return ok({ store: new RoomStore(null, clock), sessions: [], bans: [] });
    const files = { sessions: new SessionFile(sessionFile, log, clock), bans: new BanFile(sessionFile, log, clock) };
    const sessions = await files.sessions.load(Date.now());
    if (!sessions.ok) return sessions;
    const bans = await files.bans.load();
    if (!bans.ok) return bans;
    return ok({ store: new RoomStore(files, clock), sessions: sessions.value, bans: bans.value });
  }

  /** Saves what the room wants saved from now on, and all of it once more when it is released. */
  keep(room: RoomRunner): Dispose {
    const { files } = this;
    if (files === null) return () => {};
    const unsubscribe = room.effects.on('store', ({ kind }) => {
      if (kind === 'persist') return this.save(room);
      if (kind === 'persist-bans') return files.bans.save([...room.state.bans.values()]);
      return assertNever(kind);
    });
    const stopSaving = saveRegularly(room, files.sessions, this.clock);
    return once(() => {
      unsubscribe();
      stopSaving();
      this.save(room);
    });
  }

  /** Saves the sessions as they are now. */
  save({ state }: RoomRunner): void {
    this.files?.sessions.save(savedSessions(state));
  }

  /** Resolves when everything saved so far is on disk, or has been refused by it. */
  async flush(): Promise<void> {
    await Promise.all([this.files?.sessions.flush(), this.files?.bans.flush()]);
  }

  /** Tries a last time to write what the disk has refused. */
  async close(): Promise<void> {
    await this.files?.sessions.close();
    await this.files?.bans.close();
  }
}

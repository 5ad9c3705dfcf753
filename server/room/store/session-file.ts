import { randomBytes } from 'node:crypto';
import { fileTrouble } from '../../files/file-trouble.js';
import { setAside, tidyFile } from '../../files/kept-file.js';
import { KeptWriter } from '../../files/kept-writer.js';
import { replaceFile } from '../../files/replace-file.js';
import { readKeptFile } from '../../files/synced.js';
import type { Clock } from '../../lib/clock.js';
import type { Log } from '../../lib/log.js';
import { err, ok, type Result } from '../../lib/result.js';
import type { SavedSession } from '../room-state.js';
import { type BrokenEntry, readSessions, writeSessions } from './session-entries.js';
import { NO_NOTES, notesFileOf, readNotes, type SessionNotes, writeNotes } from './session-notes.js';

/** Sessions on disk, with notes in a file beside it: read once at start, written at every change. */
export class SessionFile {
  readonly #writer: KeptWriter<readonly SavedSession[]>;
  #key: Buffer = randomBytes(32);
  #broken: readonly BrokenEntry[] = [];

  constructor(
    private readonly path: string,
    private readonly log: Log,
    clock: Clock,
  ) {
    this.#writer = new KeptWriter({
      file: path,
      failure: 'session file cannot be written; what it held before stays, and writing is tried again',
      log,
      clock,
      write: (sessions) => this.#write(sessions),
    });
  }

  /** The key of the password marks; kept over restarts. */
  get key(): Buffer {
    return this.#key;
  }

  /**
   * A missing or empty file holds no sessions; one that is no list of sessions is set aside under another name, which is
   * logged. The error says why a file can be neither read nor set aside. `nowMs` stands for times that the file lacks.
   */
  async load(nowMs: number): Promise<Result<readonly SavedSession[]>> {
    await tidyFile(this.path, this.log);
    try {
      const notes = await this.#loadNotes();
      const entries = readSessions((await readKeptFile(this.path)) ?? '', notes, nowMs);
      if (!entries.ok) {
        const aside = await setAside(this.path, new Date());
        const fields = { file: this.path, reason: entries.error, aside };
        this.log.error(fields, 'session file cannot be read: it was set aside, everybody signs in anew');
        return ok([]);
      }
      this.#broken = entries.value.broken;
      for (const { place, reason } of this.#broken)
        this.log.warn(
          { file: this.path, entry: place, reason },
          'this entry of the session file is no session and is passed over',
        );
      return ok(entries.value.sessions);
    } catch (error) {
      return err(`the session file ${this.path} cannot be used: ${fileTrouble(error)}; NEKO_SESSION_FILE names it`);
    }
  }

  async #loadNotes(): Promise<SessionNotes> {
    const path = notesFileOf(this.path);
    await tidyFile(path, this.log);
    const text = await readKeptFile(path).catch((error: unknown) => {
      throw new Error(`what stands beside it as ${path} cannot be read: ${fileTrouble(error)}`);
    });
    const notes = readNotes(text ?? '');
    if (!notes.ok) {
      const aside = await setAside(path, new Date());
      this.log.error(
        { file: path, reason: notes.error, aside },
        'what was noted of the sessions cannot be read: it was set aside',
      );
      return NO_NOTES;
    }
    this.#key = notes.value.key ?? this.#key;
    return notes.value;
  }

  /** Writes soon. */
  save(sessions: readonly SavedSession[]): void {
    this.#writer.save(sessions);
  }

  /** Resolves when everything saved so far is on disk, or has been refused by it. */
  flush(): Promise<void> {
    return this.#writer.flush();
  }

  /** Tries a last time to write what the disk has refused. */
  close(): Promise<void> {
    return this.#writer.close();
  }

  async #write(sessions: readonly SavedSession[]): Promise<void> {
    // The note first, so that no session is ever on disk without one.
    await replaceFile(notesFileOf(this.path), writeNotes(this.key, sessions));
    await replaceFile(this.path, writeSessions({ sessions, broken: this.#broken }));
  }
}

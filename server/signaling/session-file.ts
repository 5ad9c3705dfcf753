import { randomBytes } from 'node:crypto';
import { FailureNotice } from '../files/failure-notice.js';
import { fileTrouble } from '../files/file-trouble.js';
import { setAside, tidyFile } from '../files/kept-file.js';
import { replaceFile } from '../files/replace-file.js';
import { readKeptFile } from '../files/synced.js';
import { type BackoffPolicy, backoffMs } from '../lib/backoff.js';
import type { Clock } from '../lib/clock.js';
import type { Dispose } from '../lib/dispose.js';
import type { Log } from '../lib/log.js';
import { err, ok, type Result } from '../lib/result.js';
import type { SavedSession } from '../room/room-state.js';
import { type BrokenEntry, readSessions, writeSessions } from './session-entries.js';
import { NO_NOTES, notesFileOf, readNotes, type SessionNotes, writeNotes } from './session-notes.js';

/** A full disk is tried again soon, since it may be freed at any moment, and costs next to nothing while it is not. */
const RETRY: BackoffPolicy = { firstMs: 1_000, maxMs: 60_000 };

/**
 * Sessions on disk: read once at start, written completely at every change, never two writes at once. A write that fails leaves
 * the last one that did not, and is tried again by itself.
 */
export class SessionFile {
  readonly #notice: FailureNotice;
  #key: Buffer = randomBytes(32);
  #broken: readonly BrokenEntry[] = [];
  /** What is not on disk yet. */
  #next: readonly SavedSession[] | null = null;
  #writing: Promise<void> = Promise.resolve();
  #failures = 0;
  #cancelRetry: Dispose = () => undefined;

  constructor(
    private readonly path: string,
    private readonly log: Log,
    private readonly clock: Clock,
  ) {
    this.#notice = new FailureNotice(path, log);
  }

  /** The key of the password marks; kept over restarts. */
  get key(): Buffer {
    return this.#key;
  }

  /**
   * A missing or empty file holds no sessions; one that is no list of sessions is set aside under another name, and so said. The
   * error says why a file that is there can be neither read nor set aside. `nowMs` stands for times that it does not tell.
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
    const notes = readNotes((await readKeptFile(path)) ?? '');
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

  /** Writes soon; of several changes at once only the last is written. */
  save(sessions: readonly SavedSession[]): void {
    this.#cancelRetry();
    const idle = this.#next === null || this.#failures > 0;
    this.#next = sessions;
    if (idle) this.#enqueue();
  }

  /** Resolves when everything saved so far is on disk, or has been refused by it. */
  flush(): Promise<void> {
    return this.#writing;
  }

  /** Tries a last time to write what the disk has refused. */
  async close(): Promise<void> {
    this.#cancelRetry();
    await this.#writing;
    if (this.#next !== null) await this.#write();
    this.#cancelRetry();
  }

  #enqueue(): void {
    this.#writing = this.#writing.then(() => this.#write());
  }

  async #write(): Promise<void> {
    const sessions = this.#next;
    if (sessions === null) return;
    this.#next = null;
    try {
      // First, so that no session is ever on disk without its note.
      await replaceFile(notesFileOf(this.path), writeNotes(this.key, sessions));
      await replaceFile(this.path, writeSessions({ sessions, broken: this.#broken }));
      this.#failures = 0;
      this.#notice.works();
    } catch (error) {
      this.#notice.failed(
        'session file cannot be written; what it held before stays, and writing is tried again',
        fileTrouble(error),
      );
      this.#next ??= sessions;
      this.#cancelRetry();
      this.#cancelRetry = this.clock.after(backoffMs(RETRY, this.#failures++), () => this.#enqueue());
    }
  }
}

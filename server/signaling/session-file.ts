import { readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { type Static, Type } from '@sinclair/typebox';
import type { Log } from '../lib/log.js';
import { decode } from '../protocol/decode.js';
import { FIELD_LIMITS } from '../protocol/limits.js';
import { MemberProfile } from '../protocol/profile.js';
import type { SavedSession } from '../room/room-state.js';

/** The file's own spelling (model.md section 4), shared with neko. */
const Entries = Type.Array(Type.Object({ Id: Type.String(), Token: Type.String(), Profile: MemberProfile }));

/** Sessions on disk: read once at start, written completely at every change, never two writes at once. */
export class SessionFile {
  #next: readonly SavedSession[] | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly path: string,
    private readonly log: Log,
  ) {}

  /** A missing or empty file holds no sessions; one that cannot be read is reported and holds none either. */
  load(): SavedSession[] {
    try {
      const text = readFileSync(this.path, 'utf8');
      if (text.trim() === '') return [];
      const entries = decode(Entries, JSON.parse(text));
      if (entries.ok)
        return entries.value
          .filter((entry) => this.#isUsable(entry))
          .map(({ Id, Token, Profile }) => ({ id: Id, token: Token, profile: Profile }));
      this.log.error({ file: this.path, error: entries.error }, 'session file is not a list of sessions, ignored');
    } catch (error) {
      if (!isMissing(error)) this.log.error({ file: this.path, error: String(error) }, 'session file cannot be read, ignored');
    }
    return [];
  }

  /** Writes soon; of several changes at once only the last is written. */
  save(sessions: readonly SavedSession[]): void {
    const idle = this.#next === null;
    this.#next = sessions;
    if (idle) this.#writing = this.#writing.then(() => this.#write());
  }

  /** Resolves when everything saved so far is on disk. */
  flush(): Promise<void> {
    return this.#writing;
  }

  #isUsable({ Id, Token }: { readonly Id: string; readonly Token: string }): boolean {
    if (Id === '' || Token === '') return false;
    if (Id.length <= FIELD_LIMITS.id.value) return true;
    const beginning = Id.slice(0, FIELD_LIMITS.name.value);
    this.log.error({ file: this.path, id: beginning }, 'a session with an id longer than 256 characters is left out');
    return false;
  }

  async #write(): Promise<void> {
    const sessions = this.#next ?? [];
    this.#next = null;
    const entries: Static<typeof Entries> = sessions.map(({ id, token, profile }) => ({
      Id: id,
      Token: token,
      Profile: profile,
    }));
    const text = `${JSON.stringify(entries, null, 2)}\n`;
    try {
      await replaceFile(this.path, text);
    } catch (error) {
      this.log.error({ file: this.path, error: String(error) }, 'session file cannot be written');
    }
  }
}

/** A crash leaves the old file or the new one. Where the directory allows no second file, the file is written in place. */
async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.new`;
  try {
    await writeFile(temporary, text, { mode: 0o644 });
    await rename(temporary, path);
  } catch {
    await writeFile(path, text, { mode: 0o644 });
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

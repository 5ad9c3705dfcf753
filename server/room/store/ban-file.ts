import { type Static, Type } from '@sinclair/typebox';
import { fileTrouble } from '../../files/file-trouble.js';
import { setAside, tidyFile } from '../../files/kept-file.js';
import { KeptWriter } from '../../files/kept-writer.js';
import { replaceFile } from '../../files/replace-file.js';
import { readKeptFile } from '../../files/synced.js';
import type { Clock } from '../../lib/clock.js';
import type { Log } from '../../lib/log.js';
import { err, ok, type Result } from '../../lib/result.js';
import { parseJson } from '../../lib/text/json-text.js';
import { decode } from '../../protocol/decode.js';
import { placeOf } from '../client-place.js';
import type { Ban } from '../room-state.js';
import { wireTime } from '../wire-view.js';

/** A ban has an id, an address, or both; the other text is empty. */
const Entries = Type.Array(
  Type.Object({
    Id: Type.String({ minLength: 1 }),
    Member: Type.String(),
    Address: Type.String(),
    At: Type.String(),
    By: Type.String(),
  }),
);

/** Where bans stay over restarts: beside the session file, whose own format is neko's and has no place for them. */
export function banFileOf(sessionFile: string): string {
  return `${sessionFile}.bans`;
}

/** Bans on disk: read once at start, written at every change. */
export class BanFile {
  readonly #path: string;
  readonly #writer: KeptWriter<readonly Ban[]>;

  constructor(
    sessionFile: string,
    private readonly log: Log,
    clock: Clock,
  ) {
    this.#path = banFileOf(sessionFile);
    this.#writer = new KeptWriter({
      file: this.#path,
      failure: 'bans cannot be written; what their file held before stays, and writing is tried again',
      log,
      clock,
      write: (bans) => replaceFile(this.#path, `${JSON.stringify(bans.map(toEntry), null, 2)}\n`),
    });
  }

  /**
   * A file that holds no bans is set aside under another name, which is logged. The error says why a file can be neither read
   * nor set aside: to start without its bans would let banned users in.
   */
  async load(): Promise<Result<readonly Ban[]>> {
    await tidyFile(this.#path, this.log);
    try {
      const text = await readKeptFile(this.#path);
      if (text === undefined || text.trim() === '') return ok([]);
      const content = parseJson(text);
      const entries = content.ok ? decode(Entries, content.value) : content;
      if (entries.ok) return ok(entries.value.map(fromEntry));
      const aside = await setAside(this.#path, new Date());
      this.log.error({ file: this.#path, reason: entries.error, aside }, 'bans cannot be read: the file was set aside');
      return ok([]);
    } catch (error) {
      return err(`the bans ${this.#path} cannot be used: ${fileTrouble(error)}; they stand beside what NEKO_SESSION_FILE names`);
    }
  }

  /** Writes soon. */
  save(bans: readonly Ban[]): void {
    this.#writer.save(bans);
  }

  /** Resolves when everything saved so far is on disk, or has been refused by it. */
  flush(): Promise<void> {
    return this.#writer.flush();
  }

  /** Tries a last time to write what the disk has refused. */
  close(): Promise<void> {
    return this.#writer.close();
  }
}

function toEntry({ id, member, place, bannedMs, by }: Ban): Static<typeof Entries>[number] {
  return { Id: id, Member: member ?? '', Address: place?.address ?? '', At: wireTime(bannedMs), By: by };
}

function fromEntry({ Id, Member, Address, At, By }: Static<typeof Entries>[number]): Ban {
  return {
    id: Id,
    member: Member === '' ? null : Member,
    place: Address === '' ? null : placeOf(Address),
    bannedMs: Date.parse(At) || 0,
    by: By,
  };
}

import { type Static, Type } from '@sinclair/typebox';
import { FailureNotice } from '../files/failure-notice.js';
import { fileTrouble } from '../files/file-trouble.js';
import { setAside, tidyFile } from '../files/kept-file.js';
import { replaceFile } from '../files/replace-file.js';
import { readKeptFile } from '../files/synced.js';
import { parseJson } from '../lib/json-text.js';
import type { Log } from '../lib/log.js';
import { decode } from '../protocol/decode.js';
import type { Ban } from '../room/bans.js';
import { wireTime } from '../room/wire-view.js';
import { placeOf } from './client-address.js';

/** Empty texts for what a ban is not about. */
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

/** Bans on disk: read once at start, written completely at every change, never two writes at once. */
export class BanFile {
  readonly #path: string;
  readonly #notice: FailureNotice;
  #writing: Promise<void> = Promise.resolve();

  constructor(
    sessionFile: string,
    private readonly log: Log,
  ) {
    this.#path = banFileOf(sessionFile);
    this.#notice = new FailureNotice(this.#path, log);
  }

  /** A file that cannot be read is set aside under another name, and so said. */
  async load(): Promise<Ban[]> {
    await tidyFile(this.#path, this.log);
    const text = await readKeptFile(this.#path);
    if (text === undefined || text.trim() === '') return [];
    const content = parseJson(text);
    const entries = content.ok ? decode(Entries, content.value) : content;
    if (entries.ok) return entries.value.map(fromEntry);
    const aside = await setAside(this.#path, new Date());
    this.log.error({ file: this.#path, reason: entries.error, aside }, 'bans cannot be read: the file was set aside');
    return [];
  }

  save(bans: readonly Ban[]): void {
    this.#writing = this.#writing.then(() => this.#write(bans));
  }

  /** Resolves when everything saved so far is on disk, or has been refused by it. */
  flush(): Promise<void> {
    return this.#writing;
  }

  async #write(bans: readonly Ban[]): Promise<void> {
    try {
      await replaceFile(this.#path, `${JSON.stringify(bans.map(toEntry), null, 2)}\n`);
      this.#notice.works();
    } catch (error) {
      this.#notice.failed('bans cannot be written; they are kept until the server stops', fileTrouble(error));
    }
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

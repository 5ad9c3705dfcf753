import type { Clock } from '../lib/clock.js';
import type { Dispose } from '../lib/dispose.js';
import { Emitter } from '../lib/emitter.js';
import { err, ok, type Result } from '../lib/result.js';
import { type SelectionAtoms, selectionAtoms } from './selection-atoms.js';
import { type ClipboardContents, SelectionOwner } from './selection-owner.js';
import { type Delivered, SelectionReader } from './selection-reader.js';
import type { Session } from './session.js';

/** Owner set, its window destroyed, its client gone: each changes what can be pasted. */
const ALL_OWNER_EVENTS = 7;
const UTF16_LITTLE_ENDIAN_MARK = 0xfeff;

/** The clipboard of one X server. */
export class Clipboard {
  readonly #events = new Emitter<{ changed: undefined }>();
  readonly #owner: SelectionOwner;
  readonly #reader: SelectionReader;
  readonly #release: Dispose;

  private constructor(
    session: Session,
    readonly atoms: SelectionAtoms,
    clock: Clock,
  ) {
    this.#owner = new SelectionOwner(session, atoms, clock);
    this.#reader = new SelectionReader(session, atoms, clock);
    this.#release = session.onEvent((event) => {
      const isOwnerEvent = event.type === session.fixes.firstEvent && event.selection === atoms.CLIPBOARD;
      if (isOwnerEvent && event.owner) this.#events.emit('changed', undefined);
    });
    session.fixes.SelectSelectionInput(session.root, atoms.CLIPBOARD, ALL_OWNER_EVENTS);
  }

  /** Starts to follow the clipboard; undefined when the connection ended meanwhile. */
  static async open(session: Session, clock: Clock): Promise<Clipboard | undefined> {
    const atoms = await selectionAtoms(session);
    return atoms.ok ? new Clipboard(session, atoms.value, clock) : undefined;
  }

  /** The text, and the HTML where the owner offers it; an error when the clipboard is empty or holds no text. */
  async read(): Promise<Result<ClipboardContents>> {
    const own = this.#owner.contents;
    if (own) return own.text === undefined ? err('the clipboard has no contents of this kind') : ok({ ...own });
    const text = await this.#text();
    if (!text.ok) return text;
    const html = await this.#reader.read(this.atoms['text/html']);
    return ok(html.ok ? { text: text.value, html: decodeHtml(html.value.bytes) } : { text: text.value });
  }

  /** The picture as PNG; an error when the clipboard holds none. */
  async image(): Promise<Result<Uint8Array>> {
    if (this.#owner.contents) return err('the clipboard has no contents of this kind');
    const image = await this.#reader.read(this.atoms['image/png']);
    return image.ok ? ok(image.value.bytes) : image;
  }

  /** Puts text, HTML or both on the clipboard; applications can paste it once this resolves. */
  write(contents: ClipboardContents): Promise<Result<void>> {
    return this.#owner.own(contents);
  }

  /** Calls `listener` whenever something was put on the clipboard, by `write` too. */
  onChange(listener: () => void): Dispose {
    return this.#events.on('changed', listener);
  }

  close(): void {
    this.#release();
    this.#owner.close();
  }

  async #text(): Promise<Result<string>> {
    const { UTF8_STRING, STRING } = this.atoms;
    let answer: Result<Delivered> = err('the clipboard is empty');
    for (const target of [UTF8_STRING, this.atoms['text/plain;charset=utf-8'], STRING]) {
      answer = await this.#reader.read(target);
      if (answer.ok) break;
    }
    if (!answer.ok) return answer;
    return ok(answer.value.bytes.toString(answer.value.type === STRING ? 'latin1' : 'utf8'));
  }
}

/** Some browsers deliver HTML as UTF-16 with a byte order mark. */
function decodeHtml(bytes: Buffer): string {
  if (bytes.length >= 2 && bytes.readUInt16LE(0) === UTF16_LITTLE_ENDIAN_MARK) return bytes.toString('utf16le', 2);
  return bytes.toString('utf8');
}

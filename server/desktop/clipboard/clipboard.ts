import type { Clock } from '../../lib/clock.js';
import type { Dispose } from '../../lib/dispose.js';
import { Emitter } from '../../lib/emitter.js';
import { OneAtATime } from '../../lib/one-at-a-time.js';
import { err, ok, type Result } from '../../lib/result.js';
import type { XConnection } from '../x-connection.js';
import { type SelectionAtoms, selectionAtoms } from './selection-atoms.js';
import { type ClipboardContents, SelectionOwner } from './selection-owner.js';
import { SelectionReader } from './selection-reader.js';

/** Owner set, its window destroyed, its client gone: each changes the content of the clipboard. */
const ALL_OWNER_EVENTS = 7;
const NOTHING_SUITABLE = err('the clipboard has no contents of this kind');
const UTF16_LITTLE_ENDIAN_MARK = 0xfeff;

/** The clipboard of one X server. */
export class DesktopClipboard {
  readonly #events = new Emitter<{ changed: undefined }>();
  readonly #owner: SelectionOwner;
  readonly #reader: SelectionReader;
  readonly #release: Dispose;
  readonly #texts = new OneAtATime(() => this.#text());
  readonly #contents = new OneAtATime(() => this.#read());
  readonly #images = new OneAtATime(() => this.#reader.read(this.atoms['image/png']));
  #lastWrite: Promise<unknown> = Promise.resolve();

  private constructor(
    connection: XConnection,
    readonly atoms: SelectionAtoms,
    clock: Clock,
  ) {
    this.#owner = new SelectionOwner(connection, atoms, clock);
    this.#reader = new SelectionReader(connection, atoms, clock);
    this.#release = connection.onEvent((event) => {
      const isOwnerEvent = event.type === connection.fixes.firstEvent && event.selection === atoms.CLIPBOARD;
      if (isOwnerEvent && event.owner) this.#events.emit('changed', undefined);
    });
    connection.fixes.SelectSelectionInput(connection.root, atoms.CLIPBOARD, ALL_OWNER_EVENTS);
  }

  /** Starts to follow the clipboard; undefined when the connection ended meanwhile. */
  static async open(connection: XConnection, clock: Clock): Promise<DesktopClipboard | undefined> {
    const atoms = await selectionAtoms(connection);
    return atoms.ok ? new DesktopClipboard(connection, atoms.value, clock) : undefined;
  }

  /** The text and the HTML, as far as the owner offers them; an error when nobody owns the clipboard or it holds neither. */
  async read(): Promise<Result<ClipboardContents>> {
    const own = this.#owner.contents;
    return own ? ok({ ...own }) : this.#contents.run();
  }

  /** The text alone, undefined where the owner offers none; an error when nobody owns the clipboard. */
  async readText(): Promise<Result<string | undefined>> {
    const own = this.#owner.contents;
    return own ? ok(own.text) : this.#texts.run();
  }

  async #read(): Promise<Result<ClipboardContents>> {
    const text = await this.#text();
    if (!text.ok) return text;
    const html = await this.#reader.read(this.atoms['text/html']);
    const contents = {
      ...(text.value === undefined ? {} : { text: text.value }),
      ...(html.ok && html.value ? { html: decodeHtml(html.value.bytes) } : {}),
    };
    return 'text' in contents || 'html' in contents ? ok(contents) : NOTHING_SUITABLE;
  }

  /** The picture as PNG; an error when the clipboard holds none. */
  async image(): Promise<Result<Uint8Array>> {
    if (this.#owner.contents) return NOTHING_SUITABLE;
    const image = await this.#images.run();
    if (!image.ok) return image;
    return image.value ? ok(image.value.bytes) : NOTHING_SUITABLE;
  }

  /** Puts text, HTML or both on the clipboard (an empty text counts as absent); applications can paste it once this resolves. */
  write({ text, html }: ClipboardContents): Promise<Result<void>> {
    const contents = html === undefined ? { text: text ?? '' } : text === undefined ? { html } : { text, html };
    const written = this.#lastWrite.then(() => this.#owner.own(contents));
    this.#lastWrite = written.catch(() => undefined);
    return written;
  }

  /** Calls `listener` whenever something was put on the clipboard, by `write` too. */
  onChange(listener: () => void): Dispose {
    return this.#events.on('changed', listener);
  }

  close(): void {
    this.#release();
    this.#owner.close();
  }

  async #text(): Promise<Result<string | undefined>> {
    const { UTF8_STRING, STRING } = this.atoms;
    for (const target of [UTF8_STRING, this.atoms['text/plain;charset=utf-8'], STRING]) {
      const answer = await this.#reader.read(target);
      if (!answer.ok) return answer;
      if (answer.value) return ok(answer.value.bytes.toString(answer.value.type === STRING ? 'latin1' : 'utf8'));
    }
    return ok(undefined);
  }
}

/** Some browsers deliver HTML as UTF-16 with a byte order mark. */
function decodeHtml(bytes: Buffer): string {
  if (bytes.length >= 2 && bytes.readUInt16LE(0) === UTF16_LITTLE_ENDIAN_MARK) return bytes.toString('utf16le', 2);
  return bytes.toString('utf8');
}

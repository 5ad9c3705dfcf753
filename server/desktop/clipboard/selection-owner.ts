import type { XEvent } from 'x11';
import type { Clock } from '../../lib/clock.js';
import type { Dispose } from '../../lib/dispose.js';
import { err, ok, type Result } from '../../lib/result.js';
import type { XConnection } from '../x-connection.js';
import type { SelectionAtoms } from './selection-atoms.js';

/** The contents served to applications that paste. */
export interface ClipboardContents {
  readonly text?: string;
  readonly html?: string;
}

/** Contents above this go in parts: one request must not hold up the X server, and some servers take no larger ones. */
const PART_BYTES = 128 << 10;
/** More requestors than that at once are refused: each holds a copy of the contents. */
const MAX_TRANSFERS = 16;
/** A requestor that takes no part for so long is dropped. */
const PART_TIMEOUT_MS = 10_000;
const SELECTION_CLEAR = 29;
const SELECTION_REQUEST = 30;
const PROPERTY_NOTIFY = 28;
const DELETED = 1;
const PROPERTY_CHANGE_MASK = 0x400000;
const INPUT_ONLY = 2;
const REPLACE = 0;
const APPEND = 2;

interface Transfer {
  readonly requestor: number;
  readonly property: number;
  readonly type: number;
  readonly bytes: Buffer;
  offset: number;
  cancel: Dispose;
}

/** Owns the CLIPBOARD selection on behalf of viewers and serves what they put there (ICCCM 2.2, 2.6 and 2.7.2). */
export class SelectionOwner {
  readonly #connection: XConnection;
  readonly #atoms: SelectionAtoms;
  readonly #clock: Clock;
  readonly #window: number;
  readonly #release: Dispose;
  #contents: ClipboardContents | undefined;
  #acquiredAt = 0;
  #transfers: Transfer[] = [];
  #onTimestamp: ((time: number) => void) | undefined;

  constructor(connection: XConnection, atoms: SelectionAtoms, clock: Clock) {
    this.#connection = connection;
    this.#atoms = atoms;
    this.#clock = clock;
    this.#window = connection.x.AllocID();
    connection.x.CreateWindow(this.#window, connection.root, -1, -1, 1, 1, 0, 0, INPUT_ONLY, 0, {
      eventMask: PROPERTY_CHANGE_MASK,
    });
    this.#release = connection.onEvent((event) => this.#onEvent(event));
  }

  /** The contents served now; undefined while another client owns the clipboard. */
  get contents(): ClipboardContents | undefined {
    return this.#contents;
  }

  /** Takes the clipboard over; resolves once the X server confirmed the ownership. */
  async own(contents: ClipboardContents): Promise<Result<void>> {
    const { x } = this.#connection;
    const time = await this.#serverTime();
    if (!time.ok) return time;
    x.SetSelectionOwner(this.#window, this.#atoms.CLIPBOARD, time.value);
    this.#contents = contents;
    this.#acquiredAt = time.value;
    const owner = await this.#connection.ask<number>((reply) => x.GetSelectionOwner(this.#atoms.CLIPBOARD, reply));
    if (!owner.ok) return owner;
    return owner.value === this.#window ? ok(undefined) : err('another application took the clipboard at the same time');
  }

  close(): void {
    this.#release();
    for (const transfer of this.#transfers) transfer.cancel();
    this.#transfers = [];
  }

  /** The X server's time, which ownership needs: it comes with the event of a property change. */
  async #serverTime(): Promise<Result<number>> {
    const { x } = this.#connection;
    let time: number | undefined;
    this.#onTimestamp = (value) => {
      time = value;
    };
    if (this.#connection.alive)
      x.ChangeProperty(APPEND, this.#window, this.#atoms.TIMESTAMP, this.#atoms.INTEGER, 32, Buffer.alloc(0));
    const done = await this.#connection.ask<unknown>((reply) => x.GetInputFocus(reply));
    if (!done.ok) return done;
    return time === undefined ? err('the X server does not tell its time') : ok(time);
  }

  #onEvent(event: XEvent): void {
    if (event.type === PROPERTY_NOTIFY) this.#onProperty(event);
    else if (event.type === SELECTION_REQUEST && event.owner === this.#window) this.#onRequest(event);
    else if (event.type === SELECTION_CLEAR && event.owner === this.#window) this.#contents = undefined;
  }

  #onProperty(event: XEvent): void {
    if (event.wid === this.#window && event.atom === this.#atoms.TIMESTAMP) this.#onTimestamp?.(event.time ?? 0);
    if (event.state !== DELETED) return;
    const transfer = this.#transfers.find(({ requestor, property }) => requestor === event.wid && property === event.atom);
    if (transfer) this.#sendPart(transfer);
  }

  #onRequest(event: XEvent): void {
    const { requestor = 0, target = 0, selection = 0, time = 0 } = event;
    // Obsolete clients name no property and read the answer under the target's name.
    const property = event.property || target;
    const served = this.#serve(requestor, property, target);
    const answer = {
      name: 'SelectionNotify',
      type: 31,
      seq: 0,
      time,
      requestor,
      selection,
      target,
      property: served ? property : 0,
    };
    this.#connection.x.SendEvent(requestor, 0, 0, answer);
  }

  #serve(requestor: number, property: number, target: number): boolean {
    const { x } = this.#connection;
    const { ATOM, INTEGER, TARGETS, TIMESTAMP, INCR } = this.#atoms;
    if (!this.#contents) return false;
    if (target === TARGETS) {
      x.ChangeProperty(REPLACE, requestor, property, ATOM, 32, [TARGETS, TIMESTAMP, ...this.#offers().keys()]);
      return true;
    }
    if (target === TIMESTAMP) {
      x.ChangeProperty(REPLACE, requestor, property, INTEGER, 32, [this.#acquiredAt]);
      return true;
    }
    const offer = this.#offers().get(target);
    if (!offer) return false;
    const { type, bytes } = offer();
    if (bytes.length <= PART_BYTES) {
      x.ChangeProperty(REPLACE, requestor, property, type, 8, bytes);
      return true;
    }
    if (this.#transfers.length >= MAX_TRANSFERS) return false;
    const transfer: Transfer = { requestor, property, type, bytes, offset: 0, cancel: () => undefined };
    this.#transfers.push(transfer);
    this.#watch(transfer);
    x.ChangeWindowAttributes(requestor, { eventMask: PROPERTY_CHANGE_MASK });
    x.ChangeProperty(REPLACE, requestor, property, INCR, 32, [bytes.length]);
    return true;
  }

  /** The offered targets: target -> type and bytes. */
  #offers(): Map<number, () => { type: number; bytes: Buffer }> {
    const { text, html } = this.#contents ?? {};
    const offers = new Map<number, () => { type: number; bytes: Buffer }>();
    const atoms = this.#atoms;
    if (text !== undefined) {
      const utf8 = (type: number) => () => ({ type, bytes: Buffer.from(text, 'utf8') });
      offers.set(atoms.UTF8_STRING, utf8(atoms.UTF8_STRING));
      offers.set(atoms['text/plain;charset=utf-8'], utf8(atoms['text/plain;charset=utf-8']));
      offers.set(atoms['text/plain'], utf8(atoms['text/plain']));
      offers.set(atoms.TEXT, utf8(atoms.UTF8_STRING));
      offers.set(atoms.STRING, () => ({ type: atoms.STRING, bytes: latin1(text) }));
    }
    if (html !== undefined)
      offers.set(atoms['text/html'], () => ({ type: atoms['text/html'], bytes: Buffer.from(html, 'utf8') }));
    return offers;
  }

  /** Sends the next part; an empty one is the end. */
  #sendPart(transfer: Transfer): void {
    const { x } = this.#connection;
    const part = transfer.bytes.subarray(transfer.offset, transfer.offset + PART_BYTES);
    transfer.offset += part.length;
    x.ChangeProperty(REPLACE, transfer.requestor, transfer.property, transfer.type, 8, part);
    if (part.length > 0) this.#watch(transfer);
    else this.#forget(transfer);
  }

  #watch(transfer: Transfer): void {
    transfer.cancel();
    transfer.cancel = this.#clock.after(PART_TIMEOUT_MS, () => this.#forget(transfer));
  }

  #forget(transfer: Transfer): void {
    transfer.cancel();
    this.#transfers = this.#transfers.filter((other) => other !== transfer);
    const stillWatched = this.#transfers.some(({ requestor }) => requestor === transfer.requestor);
    if (!stillWatched && this.#connection.alive) this.#connection.x.ChangeWindowAttributes(transfer.requestor, { eventMask: 0 });
  }
}

/** STRING is Latin-1 by definition; other characters become question marks. */
function latin1(text: string): Buffer {
  return Buffer.from(text.replace(/[\u{100}-\u{10ffff}]/gu, '?'), 'latin1');
}

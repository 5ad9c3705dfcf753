import type { Property, XEvent } from 'x11';
import type { Clock } from '../../lib/clock.js';
import { err, ok, type Result } from '../../lib/result.js';
import { CLIPBOARD_TOO_LARGE } from '../../protocol/events/clipboard.js';
import { FIELD_LIMITS } from '../../protocol/limits.js';
import type { XConnection } from '../x-connection.js';
import type { SelectionAtoms } from './selection-atoms.js';

/** The delivery of a selection owner: bytes and the atom of their type. */
export interface Delivered {
  readonly type: number;
  readonly bytes: Buffer;
}

/** Longest wait for the owner's next sign of life: an application that hangs must not hang us. */
export const TRANSFER_TIMEOUT_MS = 3_000;
/** Larger contents are refused: they would be held in memory several times. */
export const MAX_TRANSFER_BYTES = FIELD_LIMITS.clipboard.value;

const CORE_SELECTION_NOTIFY = 31;
const PROPERTY_NOTIFY = 28;
const NEW_VALUE = 0;
const ANY_TYPE = 0;
const WHOLE_PROPERTY = MAX_TRANSFER_BYTES / 4;
const PROPERTY_CHANGE_MASK = 0x400000;
const INPUT_ONLY = 2;

/** Asks the owner of CLIPBOARD for one target, with incremental transfers (ICCCM 2.4 and 2.7.2). */
export class SelectionReader {
  constructor(
    readonly connection: XConnection,
    readonly atoms: SelectionAtoms,
    readonly clock: Clock,
  ) {}

  /** The contents in the form `target`, undefined if the owner has none; an error without an owner or when it stays silent. */
  async read(target: number): Promise<Result<Delivered | undefined>> {
    const { x, root } = this.connection;
    const { CLIPBOARD, NEKO_CLIPBOARD } = this.atoms;
    const owner = await this.connection.ask<number>((reply) => x.GetSelectionOwner(CLIPBOARD, reply));
    if (!owner.ok) return owner;
    if (owner.value === 0) return err('the clipboard is empty');
    // Each transfer has its own window, so that a late answer is not taken for that of the next transfer.
    const window = x.AllocID();
    x.CreateWindow(window, root, -1, -1, 1, 1, 0, 0, INPUT_ONLY, 0, { eventMask: PROPERTY_CHANGE_MASK });
    const events = new EventQueue(this.connection, this.clock, (event) => event.requestor === window || event.wid === window);
    try {
      x.ConvertSelection(window, CLIPBOARD, target, NEKO_CLIPBOARD, 0);
      const answer = await events.next((event) => event.type === CORE_SELECTION_NOTIFY);
      if (!answer) return err('the application that owns the clipboard does not answer');
      if (!answer.property) return ok(undefined);
      return await this.#fetch(window, events);
    } finally {
      events.close();
      if (this.connection.alive) x.DestroyWindow(window);
    }
  }

  async #fetch(window: number, events: EventQueue): Promise<Result<Delivered>> {
    const first = await this.#take(window);
    if (!first.ok) return first;
    if (first.value.type !== this.atoms.INCR) return ok({ type: first.value.type, bytes: first.value.data });
    // The owner announces a lower bound of its size (ICCCM 2.7.2): a transfer that is too large does not start.
    if (first.value.data.length >= 4 && first.value.data.readUInt32LE(0) > MAX_TRANSFER_BYTES) return err(CLIPBOARD_TOO_LARGE);
    const chunks: Buffer[] = [];
    let total = 0;
    for (;;) {
      const written = await events.next((event) => event.type === PROPERTY_NOTIFY && event.state === NEW_VALUE);
      if (!written) return err('the application that owns the clipboard stopped in the middle');
      const chunk = await this.#take(window);
      if (!chunk.ok) return chunk;
      // The property that announced the transfer raised an event as well; by now it is gone.
      if (chunk.value.type === 0) continue;
      if (chunk.value.data.length === 0) return ok({ type: chunk.value.type, bytes: Buffer.concat(chunks, total) });
      chunks.push(chunk.value.data);
      total += chunk.value.data.length;
      if (total > MAX_TRANSFER_BYTES) return err(CLIPBOARD_TOO_LARGE);
    }
  }

  /** Reads the property and removes it, which asks for the next part of an incremental transfer. */
  async #take(window: number): Promise<Result<Property>> {
    const { x } = this.connection;
    const property = await this.connection.ask<Property>((reply) =>
      x.GetProperty(1, window, this.atoms.NEKO_CLIPBOARD, ANY_TYPE, 0, WHOLE_PROPERTY, reply),
    );
    if (property.ok && property.value.bytesAfter > 0) return err(CLIPBOARD_TOO_LARGE);
    return property;
  }
}

/** The events that concern one transfer, kept until they are asked for. */
class EventQueue {
  readonly #clock: Clock;
  #events: XEvent[] = [];
  #wake: () => void = () => undefined;
  #ended = false;
  readonly close: () => void;

  constructor(connection: XConnection, clock: Clock, concerns: (event: XEvent) => boolean) {
    this.#clock = clock;
    const releaseEvents = connection.onEvent((event) => {
      if (!concerns(event)) return;
      this.#events.push(event);
      this.#wake();
    });
    const releaseEnd = connection.onEnd(() => {
      this.#ended = true;
      this.#wake();
    });
    this.close = () => {
      releaseEvents();
      releaseEnd();
    };
  }

  /** The next event that fits, those before it dropped; undefined when none came in time. */
  async next(fits: (event: XEvent) => boolean): Promise<XEvent | undefined> {
    let late = false;
    const cancel = this.#clock.after(TRANSFER_TIMEOUT_MS, () => {
      late = true;
      this.#wake();
    });
    try {
      for (;;) {
        for (let event = this.#events.shift(); event; event = this.#events.shift()) if (fits(event)) return event;
        if (late || this.#ended) return undefined;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      cancel();
    }
  }
}

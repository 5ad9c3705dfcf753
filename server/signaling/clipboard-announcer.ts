import type { Dispose } from '../lib/dispose.js';
import { REFUSED_EVENTS } from '../protocol/errors/refused-events.js';
import { CLIPBOARD_TOO_LARGE } from '../protocol/events/clipboard.js';
import { FIELD_LIMITS } from '../protocol/limits.js';
import { socketOf } from '../room/room-state.js';
import { CLIPBOARD_LIMITS } from './limits.js';
import { LogLimiter } from './log-limiter.js';
import { type Services, sendToSession } from './services.js';

const BETWEEN_READS_MS = 1_000 / CLIPBOARD_LIMITS.reads.value;
/** Bounds the warnings about a page that keeps copying too much. */
const REFUSED_EVERY_MS = 5_000;
/** Escaped as JSON, a text of control characters grows sixfold. */
const MAX_WIRE_CHARACTERS = 2 * FIELD_LIMITS.clipboard.value;

/**
 * Sends the host the content of the desktop's clipboard whenever it changes: one read at a time, the newest wins, the last
 * is always sent. A host that has not yet taken the one before is not sent more.
 */
export class ClipboardAnnouncer {
  readonly #refusals = new LogLimiter(1, REFUSED_EVERY_MS);
  #isDue = false;
  #isReading = false;
  #lastMs = Number.NEGATIVE_INFINITY;
  #releaseWait: Dispose | null = null;

  constructor(private readonly services: Services) {}

  /** The clipboard has something new. */
  changed(): void {
    this.#isDue = true;
    this.#go();
  }

  close(): void {
    this.#isDue = false;
    this.#releaseWait?.();
  }

  #go(): void {
    if (!this.#isDue || this.#isReading || this.#releaseWait !== null) return;
    const waitMs = this.#isHostBehind() ? BETWEEN_READS_MS : this.#lastMs + BETWEEN_READS_MS - this.services.clock.nowMs();
    if (waitMs <= 0) return void this.#read();
    this.#releaseWait = this.services.clock.after(waitMs, () => {
      this.#releaseWait = null;
      this.#go();
    });
  }

  async #read(): Promise<void> {
    const { clock, log } = this.services;
    this.#isDue = false;
    this.#isReading = true;
    this.#lastMs = clock.nowMs();
    try {
      await this.#announce();
    } catch (error) {
      log.warn({ error: String(error) }, 'clipboard cannot be read');
    } finally {
      this.#isReading = false;
      this.#go();
    }
  }

  async #announce(): Promise<void> {
    const { room, desktop } = this.services;
    const { hostId } = room.state;
    if (hostId === null || !this.#mayHear(hostId)) return;
    const text = await desktop.clipboard.readText();
    // The read took time, in which the host may have changed.
    if (!this.#mayHear(hostId)) return;
    if (text.ok && text.value === undefined) return;
    if (text.ok && text.value !== undefined && fits(text.value))
      return sendToSession(this.services, hostId, { event: 'clipboard/updated', payload: { text: text.value } });
    if (text.ok || text.error === CLIPBOARD_TOO_LARGE) this.#refuse(hostId);
  }

  #refuse(hostId: string): void {
    const { log, clock } = this.services;
    if (this.#refusals.pass(clock.nowMs()) === null) return;
    log.info({ sessionId: hostId }, 'what was copied on the desktop is too large for the host');
    const { event, message } = REFUSED_EVENTS[CLIPBOARD_TOO_LARGE];
    sendToSession(this.services, hostId, { event, payload: { message } });
  }

  #mayHear(sessionId: string): boolean {
    return this.services.room.refusalOf(sessionId, 'use-clipboard') === null;
  }

  #isHostBehind(): boolean {
    const { room, sockets } = this.services;
    const socket = room.state.hostId === null ? null : socketOf(room.state.sessions.get(room.state.hostId));
    return socket !== null && sockets.unread(socket) > CLIPBOARD_LIMITS.unread.value;
  }
}

function fits(text: string): boolean {
  if (Buffer.byteLength(text) > FIELD_LIMITS.clipboard.value) return false;
  return text.length * 6 <= MAX_WIRE_CHARACTERS || JSON.stringify(text).length <= MAX_WIRE_CHARACTERS;
}

import type { Clock } from '../../lib/clock.js';
import { CHANNEL_LIMITS, SCTP_LIMITS } from '../limits.js';
import { SctpAssociation } from './sctp-association.js';

/** Payload protocol identifiers (RFC 8831 section 8). */
const PPID_DCEP = 50;
const PPID_STRING = 51;
const PPID_BINARY = 53;
/** Message types of the data channel establishment protocol (RFC 8832 section 8.2.1). */
const DCEP_ACK = 2;
const DCEP_OPEN = 3;
/** We are the DTLS server, so our stream ids are odd (RFC 8832 section 6). */
const STREAM_ID = 1;

export interface DataChannelHooks {
  opened(): void;
  message(data: Buffer): void;
  closed(): void;
  /** The other side broke the protocol for good; the message says how. */
  failed(reason: string): void;
  /** The other side did something odd that changes nothing. */
  noticed(what: string): void;
}

/** What carries the channel's packets; `Dtls` is one. */
export interface PacketLink {
  onData: ((packet: Buffer) => void) | undefined;
  write(packet: Uint8Array): void;
}

/**
 * The one channel `data` that the server opens.
 *
 * SCTP is werift's. The establishment protocol is ours: werift's throws out of its receive loop on a message that it does
 * not expect, and channels that clients create are not served.
 */
export class DataChannel {
  readonly #sctp: SctpAssociation;
  readonly #hooks: DataChannelHooks;
  #open = false;
  #ended = false;
  #closed = false;
  readonly #queue: { readonly ppid: number; readonly data: Buffer }[] = [];
  #queuedBytes = 0;
  #sending = false;

  constructor(link: PacketLink, clock: Pick<Clock, 'nowMs'>, hooks: DataChannelHooks) {
    this.#hooks = hooks;
    this.#sctp = new SctpAssociation(clock, {
      send: (packet) => link.write(packet),
      connected: () => this.#write(PPID_DCEP, openMessage('data')),
      message: (streamId, ppid, data) => this.#receive(streamId, ppid, data),
      reset: (ids) => {
        if (ids.includes(STREAM_ID)) this.#end();
      },
      closed: () => this.#end(),
      failed: (reason) => hooks.failed(reason),
    });
    link.onData = (packet) => this.#sctp.receive(packet);
  }

  /** Starts the association; to be called once DTLS is up. */
  start(remotePort: number): void {
    this.#sctp.start(remotePort);
  }

  get isOpen(): boolean {
    return this.#open && !this.#ended && !this.#closed;
  }

  /** Sends one binary message; dropped while the channel is not open or hopelessly behind: newer cursor positions matter more. */
  send(message: Buffer): void {
    const { queue, queueBytes } = CHANNEL_LIMITS;
    const hasRoom = this.#queue.length < queue.value && this.#queuedBytes + message.length <= queueBytes.value;
    if (this.isOpen && hasRoom) this.#write(PPID_BINARY, message);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#queue.length = 0;
    this.#sctp.stop();
  }

  #receive(streamId: number, ppid: number, data: Buffer): void {
    if (this.#closed) return;
    if (ppid === PPID_DCEP) {
      if (data[0] === DCEP_ACK && streamId === STREAM_ID && !this.#open) {
        this.#open = true;
        this.#hooks.opened();
      } else if (data[0] !== DCEP_OPEN && data[0] !== DCEP_ACK) this.#hooks.noticed(`unknown DCEP message type ${data[0]}`);
      return;
    }
    if (streamId !== STREAM_ID) return;
    // The guard counts fragments that come in order; unordered ones are put together before that.
    if (data.length > SCTP_LIMITS.message.value) {
      this.#hooks.failed(`SCTP: a message of ${data.length} bytes`);
      return;
    }
    if (ppid === PPID_BINARY || ppid === PPID_STRING) this.#hooks.message(data);
  }

  #write(ppid: number, data: Buffer): void {
    this.#queue.push({ ppid, data });
    this.#queuedBytes += data.length;
    if (!this.#sending) this.#sendQueued().catch((error: Error) => this.#hooks.failed(`SCTP: ${error.message}`));
  }

  /** One message after the other: werift wakes everyone who waits for it at every acknowledgement. */
  async #sendQueued(): Promise<void> {
    this.#sending = true;
    for (let next = this.#queue.shift(); next !== undefined && !this.#closed; next = this.#queue.shift()) {
      this.#queuedBytes -= next.data.length;
      await this.#sctp.send(STREAM_ID, next.ppid, next.data);
    }
    this.#sending = false;
  }

  #end(): void {
    if (this.#ended || this.#closed) return;
    this.#ended = true;
    this.#hooks.closed();
  }
}

/** DATA_CHANNEL_OPEN for an ordered, reliable channel without a protocol name (RFC 8832 section 5.1). */
function openMessage(label: string): Buffer {
  const name = Buffer.from(label, 'utf8');
  const message = Buffer.alloc(12 + name.length);
  message.writeUInt8(DCEP_OPEN, 0);
  message.writeUInt16BE(name.length, 8);
  name.copy(message, 12);
  return message;
}

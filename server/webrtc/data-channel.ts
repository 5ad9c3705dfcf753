import { RTCSctpTransport } from 'werift';
import type { Dtls } from './dtls.js';

/** Payload protocol identifiers (RFC 8831 section 8). */
const PPID_DCEP = 50;
const PPID_STRING = 51;
const PPID_BINARY = 53;
/** Message types of the data channel establishment protocol (RFC 8832 section 8.2.1). */
const DCEP_ACK = 2;
const DCEP_OPEN = 3;
/** We are the DTLS server, so our stream ids are odd (RFC 8832 section 6). */
const STREAM_ID = 1;
const SCTP_PORT = 5000;
/** A viewer that cannot take more than this is behind; newer cursor positions matter more than old ones. */
const MAX_QUEUED_MESSAGES = 256;

export interface DataChannelHooks {
  opened(): void;
  message(data: Buffer): void;
  closed(): void;
  /** The other side broke the protocol; the message says how. */
  failed(reason: string): void;
}

/**
 * The one channel `data` that the server opens (spec/datachannel.md section 1).
 *
 * SCTP is werift's. The establishment protocol is ours: werift's throws out of its receive loop on a message that it does
 * not expect, and channels that clients create are not served.
 */
export class DataChannel {
  readonly #sctp: RTCSctpTransport;
  readonly #hooks: DataChannelHooks;
  #open = false;
  #ended = false;
  #closed = false;
  #unsent = 0;

  constructor(dtls: Dtls, hooks: DataChannelHooks) {
    this.#hooks = hooks;
    this.#sctp = new RTCSctpTransport(SCTP_PORT);
    this.#sctp.setDtlsTransport(dtls.transport);
    const { sctp } = this.#sctp;
    sctp.onReceive.allUnsubscribe();
    sctp.onReceive.subscribe((streamId, ppid, data) => this.#receive(streamId, ppid, data));
    sctp.onReconfigStreams.subscribe((ids) => {
      if (ids.includes(STREAM_ID)) this.#end();
    });
    sctp.stateChanged.connected.subscribe(() => this.#write(PPID_DCEP, openMessage('data')));
    sctp.stateChanged.closed.subscribe(() => this.#end());
  }

  /** Starts the association; to be called once DTLS is up. */
  async start(remotePort: number): Promise<void> {
    await this.#sctp.start(remotePort);
  }

  get isOpen(): boolean {
    return this.#open && !this.#ended && !this.#closed;
  }

  /** Sends one binary message; dropped while the channel is not open or hopelessly behind. */
  send(message: Buffer): void {
    if (this.isOpen && this.#unsent < MAX_QUEUED_MESSAGES) this.#write(PPID_BINARY, message);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#sctp.stop().catch((error: Error) => this.#hooks.failed(`closing SCTP: ${error.message}`));
  }

  #receive(streamId: number, ppid: number, data: Buffer): void {
    if (this.#closed) return;
    if (ppid === PPID_DCEP) {
      if (data[0] === DCEP_ACK && streamId === STREAM_ID && !this.#open) {
        this.#open = true;
        this.#hooks.opened();
      } else if (data[0] !== DCEP_OPEN && data[0] !== DCEP_ACK) this.#hooks.failed(`unknown DCEP message type ${data[0]}`);
      return;
    }
    if (streamId !== STREAM_ID) return;
    if (ppid === PPID_BINARY || ppid === PPID_STRING) this.#hooks.message(data);
  }

  #write(ppid: number, data: Buffer): void {
    this.#unsent += 1;
    this.#sctp.sctp
      .send(STREAM_ID, ppid, data, { ordered: true })
      .catch((error: Error) => this.#hooks.failed(`SCTP: ${error.message}`))
      .finally(() => {
        this.#unsent -= 1;
      });
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

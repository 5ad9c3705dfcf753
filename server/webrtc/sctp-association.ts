import { type RTCDtlsTransport, RTCSctpTransport } from 'werift';
import { DTLS_MTU } from './dtls.js';

/** What DTLS adds to a packet: the record's header, nonce and tag (RFC 5288 section 3). */
const DTLS_OVERHEAD_BYTES = 37;
const SCTP_PORT = 5000;
/** Chunks are padded to four bytes (RFC 9260 section 3.2). */
const SCTP_MTU = Math.floor((DTLS_MTU - DTLS_OVERHEAD_BYTES) / 4) * 4;

export interface SctpHooks {
  /** Sends one packet to the other side. */
  send(packet: Uint8Array): void;
  connected(): void;
  message(streamId: number, ppid: number, data: Buffer): void;
  /** Streams were reset by either side. */
  reset(streamIds: readonly number[]): void;
  closed(): void;
  /** It cannot go on; the reason names why. */
  failed(reason: string): void;
}

/**
 * One SCTP association, run by werift over packets that we carry.
 *
 * werift asks its DTLS transport for a role, a way to send and a place to put the receiver of packets, nothing else; `link` below
 * is that much of one. Packets go to werift's handler itself, whose errors would else be nobody's and end the process.
 */
export class SctpAssociation {
  readonly #transport = new RTCSctpTransport(SCTP_PORT, undefined, { mtu: SCTP_MTU });
  readonly #hooks: SctpHooks;
  #stopped = false;

  constructor(hooks: SctpHooks) {
    this.#hooks = hooks;
    const link = {
      id: 'link',
      // The side that begins the association.
      iceTransport: { role: 'controlling' },
      onStateChange: { subscribe: () => ({ unSubscribe: () => {} }) },
      dataReceiver: undefined,
      sendData: async (packet: Buffer) => hooks.send(packet),
    };
    this.#transport.setDtlsTransport(link as unknown as RTCDtlsTransport);
    const { sctp } = this.#transport;
    sctp.onReceive.allUnsubscribe();
    sctp.onReconfigStreams.allUnsubscribe();
    sctp.onReceive.subscribe((streamId, ppid, data) => hooks.message(streamId, ppid, data));
    sctp.onReconfigStreams.subscribe((ids) => hooks.reset(ids));
    sctp.stateChanged.connected.subscribe(() => hooks.connected());
    sctp.stateChanged.closed.subscribe(() => hooks.closed());
  }

  /** Begins the association; to be called once packets can be sent. */
  start(remotePort: number): void {
    this.#transport.start(remotePort).catch((error: Error) => this.#fail(error));
  }

  /** Takes one packet of the other side. */
  receive(packet: Buffer): void {
    if (this.#stopped) return;
    // biome-ignore lint/complexity/useLiteralKeys: private to werift, which offers no way to learn of its errors
    this.#transport.sctp['handleData'](packet).catch((error: Error) => this.#fail(error));
  }

  /** Sends one message, ordered and reliable; resolves when it is on its way. */
  async send(streamId: number, ppid: number, data: Buffer): Promise<void> {
    await this.#transport.sctp.send(streamId, ppid, data, { ordered: true });
  }

  /** Tells the other side and forgets everything; idempotent. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#transport.stop().catch((error: Error) => this.#hooks.failed(`closing SCTP: ${error.message}`));
  }

  #fail(error: Error): void {
    if (!this.#stopped) this.#hooks.failed(`SCTP: ${error.message}`);
  }
}

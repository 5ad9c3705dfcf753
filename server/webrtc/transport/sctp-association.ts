import { type RTCDtlsTransport, RTCSctpTransport } from 'werift';
import type { Clock } from '../../lib/clock.js';
import { DTLS_MTU } from './dtls.js';
import { SctpGuard } from './sctp-guard.js';

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
  readonly #clock: Pick<Clock, 'nowMs'>;
  readonly #guard: SctpGuard;
  #stopped = false;
  /** Packets that werift has not done with. */
  #unfinished = 0;

  constructor(clock: Pick<Clock, 'nowMs'>, hooks: SctpHooks) {
    this.#hooks = hooks;
    this.#clock = clock;
    this.#guard = new SctpGuard(clock.nowMs());
    const link = {
      id: 'link',
      // The side that begins the association.
      iceTransport: { role: 'controlling' },
      onStateChange: { subscribe: () => ({ unSubscribe: () => {} }) },
      dataReceiver: undefined,
      sendData: async (packet: Buffer) => {
        this.#guard.sent(packet);
        hooks.send(packet);
      },
    };
    this.#transport.setDtlsTransport(link as unknown as RTCDtlsTransport);
    const { sctp } = this.#transport;
    sctp.onReceive.allUnsubscribe();
    sctp.onReconfigStreams.allUnsubscribe();
    sctp.onReceive.subscribe((streamId, ppid, data) => this.#tell(() => hooks.message(streamId, ppid, data)));
    sctp.onReconfigStreams.subscribe((ids) => this.#tell(() => hooks.reset(ids)));
    sctp.stateChanged.connected.subscribe(() => this.#tell(() => hooks.connected()));
    sctp.stateChanged.closed.subscribe(() => this.#tell(() => hooks.closed()));
  }

  /** Begins the association; to be called once packets can be sent. */
  start(remotePort: number): void {
    this.#transport.start(remotePort).catch((error: Error) => this.#fail(error));
  }

  /** Takes one packet of the other side. */
  receive(packet: Buffer): void {
    if (this.#stopped) return;
    const verdict = this.#guard.receive(packet, this.#clock.nowMs());
    if (verdict === 'drop') return;
    if (verdict !== 'pass') {
      this.#hooks.failed(verdict.end);
      return;
    }
    this.#unfinished += 1;
    // biome-ignore lint/complexity/useLiteralKeys: private to werift, which offers no way to learn of its errors
    const done = this.#transport.sctp['handleData'](packet);
    done.then(() => this.#compare()).catch((error: Error) => this.#fail(error));
  }

  /** Sends one message, ordered and reliable; resolves when it is on its way. */
  async send(streamId: number, ppid: number, data: Buffer): Promise<void> {
    await this.#transport.sctp.send(streamId, ppid, data, { ordered: true });
  }

  /** Notifies the other side and forgets everything; idempotent. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#transport.stop().catch((error: Error) => this.#hooks.failed(`closing SCTP: ${error.message}`));
  }

  /**
   * werift sorts numbers as texts, and loses count where they gain a digit or begin anew. What the guard allows is bounded by its
   * own count, so that the two must agree.
   */
  #compare(): void {
    this.#unfinished -= 1;
    if (this.#unfinished > 0 || this.#stopped) return;
    // biome-ignore lint/complexity/useLiteralKeys: private to werift
    const last: number | undefined = this.#transport.sctp['lastReceivedTsn'];
    const { cumulative } = this.#guard;
    if (cumulative !== undefined && last !== undefined && last >>> 0 !== cumulative)
      throw new Error('the count of chunks is lost');
  }

  /** An error of whoever listens is this association's end, also where werift calls out of a timer. */
  #tell(hook: () => void): void {
    try {
      hook();
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #fail(error: Error): void {
    if (!this.#stopped) this.#hooks.failed(`SCTP: ${error.message}`);
  }
}

import type { Clock } from '../../../server/lib/clock.js';
import type { Dispose } from '../../../server/lib/dispose.js';
import type { DoctorProbe, DoctorReport, DoctorStart } from '../../../server/protocol/doctor.js';
import { tryPath } from './doctor-probe.js';
import { checkWithoutSession } from './socket-check.js';

export type CheckState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running'; readonly report: DoctorReport | null }
  | { readonly kind: 'done'; readonly report: DoctorReport }
  /** The check was cut off; `report` has the findings so far. */
  | { readonly kind: 'failed'; readonly notice: string; readonly report: DoctorReport | null };

export interface CheckHost {
  /** Sends an event; false when there is no open socket. */
  signal(event: string, payload: unknown): boolean;
  changed(state: CheckState): void;
}

export type SocketLoss = DoctorStart['losses'][number];

/** Our server answers at once, and its check ends within 20 s. */
const FIRST_WORD_MS = 6_000;
const LIMIT_MS = 30_000;

/** The page's part of the connection check: the server names one path after another, the page tries each. */
export class ConnectionCheck {
  readonly #pageBase: string;
  readonly #host: CheckHost;
  readonly #clock: Clock;
  #state: CheckState = { kind: 'idle' };
  #startedMs = 0;
  #cancel: Dispose | null = null;

  constructor(pageBase: string, host: CheckHost, clock: Clock) {
    this.#pageBase = pageBase;
    this.#host = host;
    this.#clock = clock;
  }

  /** Begins a check unless one runs. Without a session only the way to the server is tried. */
  start(losses: readonly SocketLoss[]): void {
    if (this.#state.kind === 'running') return;
    this.#startedMs = this.#clock.nowMs();
    this.#become({ kind: 'running', report: null });
    if (this.#host.signal('doctor/start', whereWeAre(this.#pageBase, losses))) {
      this.#expect(FIRST_WORD_MS, 'The server does not answer. It may be older than this page.');
      return;
    }
    this.#cancel?.();
    void checkWithoutSession(this.#pageBase).then((report) => this.#become({ kind: 'done', report }));
  }

  report(report: DoctorReport): void {
    if (this.#state.kind !== 'running') return;
    if (this.#state.report === null) {
      const rttMs = Math.round((this.#clock.nowMs() - this.#startedMs) * 10) / 10;
      this.#send({ probe: 'websocket', ok: true, ice: false, gathered: false, rtt_ms: rttMs, errors: [] });
      this.#expect(LIMIT_MS, 'The check did not come to an end.');
    }
    if (report.done) this.#cancel?.();
    this.#become({ kind: report.done ? 'done' : 'running', report });
  }

  refused(notice: string): void {
    if (this.#state.kind !== 'running') return;
    this.#cancel?.();
    this.#become({ kind: 'failed', notice, report: this.#state.report });
  }

  /** The connection to the server broke, and with it the check. */
  interrupted(): void {
    this.refused('The connection to the server broke during the check.');
  }

  async try(probe: DoctorProbe): Promise<void> {
    if (this.#state.kind !== 'running') return;
    const name = { probe: probe.probe };
    const result = await tryPath(
      probe,
      {
        answer: (sdp) => this.#host.signal('doctor/answer', { ...name, sdp }),
        candidate: ({ candidate, sdpMid, sdpMLineIndex, usernameFragment }) =>
          this.#host.signal('doctor/candidate', { ...name, candidate, sdpMid, sdpMLineIndex, usernameFragment }),
      },
      this.#clock,
    );
    this.#send({ ...name, ...result });
  }

  #send(result: object): void {
    this.#host.signal('doctor/result', result);
  }

  #expect(limitMs: number, notice: string): void {
    this.#cancel?.();
    this.#cancel = this.#clock.after(limitMs, () => this.refused(notice));
  }

  #become(state: CheckState): void {
    this.#state = state;
    this.#host.changed(state);
  }
}

function whereWeAre(pageBase: string, losses: readonly SocketLoss[]): DoctorStart {
  const { protocol, hostname, port } = new URL(pageBase);
  const secure = protocol === 'https:';
  return { secure, host: hostname, port: port === '' ? (secure ? 443 : 80) : Number(port), losses: [...losses] };
}

import type {
  OpenTransport,
  Shown,
  TransportHooks,
  TransportStatistics,
  ViewerTransport,
} from '../../../server/viewers/viewer-transport.js';

/** Another way to watch than WebRTC: it keeps what it is told, and a test plays the network. */
export class ScriptedTransport implements ViewerTransport {
  progress: ViewerTransport['progress'] = 'offered';
  readonly shown: Shown[] = [];
  readonly holds: number[] = [];
  readonly sent: Buffer[] = [];
  usefulBps = 0;
  closed = 0;

  estimateBps: number | undefined;

  constructor(
    private readonly hooks: TransportHooks,
    readonly startBps: number | undefined,
  ) {}

  static readonly open: OpenTransport<ScriptedTransport> = (hooks, startBps) => new ScriptedTransport(hooks, startBps);

  show(shown: Shown): void {
    this.shown.push(shown);
  }

  setUsefulBitrate(bitrateBps: number): void {
    this.usefulBps = bitrateBps;
  }

  holdPicture(holdMs: number): void {
    this.holds.push(holdMs);
  }

  send(message: Buffer): void {
    this.sent.push(message);
  }

  statistics(): TransportStatistics {
    return { packetsSent: 3, bytesSent: 300, roundTripMs: 20, fractionLost: 0, estimateBps: this.estimateBps };
  }

  close(): void {
    this.closed += 1;
  }

  connect(): this {
    this.progress = 'connected';
    this.hooks.onConnected();
    this.hooks.onOpen();
    return this;
  }

  says(message: Uint8Array): void {
    this.hooks.onMessage(Buffer.from(message));
  }

  reports(jitterMs: number): void {
    this.hooks.onSoundReport(jitterMs);
  }

  estimates(estimateBps: number): void {
    this.hooks.onEstimate(estimateBps);
  }

  ends(...[end, detail]: Parameters<TransportHooks['onEnded']>): void {
    this.hooks.onEnded(end, detail);
  }
}

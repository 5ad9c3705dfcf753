import { ok, type Result } from '../../lib/result.js';
import type { Description, IceServer } from '../../protocol/events/signal.js';
import type { Peer } from '../../webrtc/peer.js';
import type { Shown, TransportStatistics, ViewerTransport } from '../viewer-transport.js';
import type { ServerRenewal } from './server-renewal.js';
import type { WebRtcSignaling } from './webrtc-signaling.js';

/** Watching over WebRTC: a peer connection, and the ICE servers that the viewer's browser knows. */
export class WebRtcTransport implements ViewerTransport, WebRtcSignaling {
  constructor(
    private readonly peer: Peer,
    private readonly renewal: ServerRenewal,
  ) {}

  get progress() {
    return this.peer.progress;
  }

  /** The first offer; to be taken to the viewer with `iceServers`. */
  firstOffer(): Promise<Result<string>> {
    return this.peer.offer();
  }

  /** For the viewer's browser; their successors are advertised in time. */
  iceServers(): IceServer[] {
    return this.renewal.current();
  }

  async answer(sdp: string): Promise<Result<void>> {
    return this.peer.answer(sdp);
  }

  get refusal(): string | undefined {
    const codec = this.peer.refusedPicture;
    return codec && `this browser does not decode ${codec.name.toUpperCase()}, the codec of the picture`;
  }

  async offer(sdp: string): Promise<Result<Description>> {
    return describe(await this.peer.answerOffer(sdp));
  }

  async candidate({ candidate }: { readonly candidate: string }): Promise<Result<void>> {
    return this.peer.candidate(candidate);
  }

  async restart(): Promise<Result<Description>> {
    this.renewal.refresh();
    return describe(await this.peer.restart());
  }

  socketOpened(): void {
    this.renewal.refresh();
  }

  show(shown: Shown): void {
    this.peer.show(shown);
  }

  setUsefulBitrate(bitrateBps: number): void {
    this.peer.setUsefulBitrate(bitrateBps);
  }

  holdPicture(holdMs: number): void {
    this.peer.holdPicture(holdMs);
  }

  send(message: Buffer): void {
    this.peer.send(message);
  }

  statistics(): TransportStatistics | undefined {
    return this.peer.statistics();
  }

  close(): void {
    this.renewal.close();
    this.peer.close();
  }
}

function describe(sdp: Result<string>): Result<Description> {
  return sdp.ok ? ok({ sdp: sdp.value }) : sdp;
}

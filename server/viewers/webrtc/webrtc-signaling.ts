import type { Result } from '../../lib/result.js';
import type { CandidateInit, Description, IceServer } from '../../protocol/events/signal.js';
import type { ViewerHooks } from '../viewer-handle.js';

/** What a viewer over WebRTC is negotiated with; no other viewer has it. */
export interface WebRtcSignaling {
  /** The viewer's answer to our last offer. */
  answer(sdp: string): Promise<Result<void>>;
  /** Why the viewer gets no picture, after its answer; undefined where it takes it. */
  readonly refusal: string | undefined;
  /** The viewer's own offer; ours is the answer. */
  offer(sdp: string): Promise<Result<Description>>;
  candidate(init: Pick<CandidateInit, 'candidate'>): Promise<Result<void>>;
  /** An offer that restarts ICE; ICE servers that are old are replaced before. */
  restart(): Promise<Result<Description>>;
  /** The session has another socket; what was said while it had none is lost. */
  socketOpened(): void;
}

/** What the session of a viewer over WebRTC hears. */
export interface WebRtcHooks extends ViewerHooks {
  onCandidate(candidate: CandidateInit): void;
  /** ICE servers in place of those that the session's browser has, whose credentials end soon. */
  onIceServers(servers: IceServer[]): void;
}

export interface Circumstances {
  /** Negotiate as usual, but send no media until it is resumed. */
  readonly paused: boolean;
  /** The IP address that the WebSocket comes from. */
  readonly clientAddress: string;
}

import type { Result } from '../lib/result.js';
import type { InputCommand } from '../protocol/channel/datachannel.js';
import type { PeerAudio, PeerAudioRequest, PeerVideo, PeerVideoRequest } from '../protocol/events/signal.js';
import type { TransportEnd } from './viewer-transport.js';

/** A viewer as fronts and the room steer it, whatever it watches through. */
export interface ViewerHandle {
  setVideo(request: PeerVideoRequest): Result<void>;
  setAudio(request: PeerAudioRequest): void;
  /** How long received sound waits in the client for being played, ms; 0 while it plays none. */
  setSoundDelay(soundDelayMs: number): void;
  /** A paused viewer stays connected and is sent neither picture nor sound. */
  setPaused(paused: boolean): void;
  close(reason: CloseReason): void;
}

/** What the viewer's session hears of it. */
export interface ViewerHooks {
  onVideo(video: PeerVideo): void;
  onAudio(audio: PeerAudio): void;
  onConnected(): void;
  /** The viewer is gone, whoever ended it; called once, and not for one that was replaced. */
  onClosed(): void;
  /** A message that was read; pings are answered by the viewer itself. */
  onInput(command: InputCommand): void;
}

/** Why a viewer ended. */
export type CloseReason =
  /** Its session watches anew. */
  | 'replaced'
  /** Another viewer had no room. */
  | 'gave-way'
  /** The room: its session is over or may not watch any more. */
  | 'dismissed'
  /** The server ends. */
  | 'stopped'
  | TransportEnd;

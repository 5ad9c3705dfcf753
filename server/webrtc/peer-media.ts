import type { Dispose } from '../lib/dispose.js';
import type { Fanout, PeerSender, SenderTrack } from '../media/media-engine.js';
import { IN_STEP, type LipSync, type LipSyncInput, stepLipSync } from './lip-sync.js';
import type { VideoChoice } from './video-choice.js';

/** Which shared encodings this viewer is attached to; a viewer who is paused or switched a kind off is no listener of it. */
export class PeerMedia {
  #attachedVideo: { readonly streamId: string; readonly release: Dispose } | undefined;
  #releaseAudio: Dispose | undefined;
  #lipSync = IN_STEP;

  constructor(
    private readonly fanouts: { readonly video: ReadonlyMap<string, Fanout>; readonly audio: Fanout },
    private readonly sender: PeerSender,
    private readonly tracks: { readonly video: SenderTrack | undefined; readonly audio: SenderTrack | undefined },
  ) {}

  /** Brings the attachments in line with what is wanted. A switch attaches the new stream before the old one is left. */
  apply(wanted: { readonly video: VideoChoice; readonly audioDisabled: boolean; readonly paused: boolean }): void {
    const video = wanted.paused || wanted.video.disabled ? undefined : wanted.video.streamId;
    if (this.#attachedVideo?.streamId !== video) {
      const previous = this.#attachedVideo;
      this.#attachedVideo = undefined;
      const fanout = video === undefined ? undefined : this.fanouts.video.get(video);
      if (video !== undefined && fanout !== undefined && this.tracks.video !== undefined)
        this.#attachedVideo = { streamId: video, release: fanout.attach(this.tracks.video) };
      previous?.release();
    }
    const audio = !wanted.paused && !wanted.audioDisabled;
    if (audio && this.#releaseAudio === undefined && this.tracks.audio !== undefined)
      this.#releaseAudio = this.fanouts.audio.attach(this.tracks.audio);
    if (!audio) {
      this.#releaseAudio?.();
      this.#releaseAudio = undefined;
      this.#useLipSync(IN_STEP);
    }
  }

  /** The picture waits for the sound as far as that is needed for the two to be seen and heard together. */
  keepLipSync(input: LipSyncInput): void {
    if (this.#releaseAudio !== undefined) this.#useLipSync(stepLipSync(this.#lipSync, input));
  }

  /** What the viewer missed is not sent again: a keyframe shows it the screen as it is now. */
  refresh(): void {
    if (this.#attachedVideo !== undefined) this.tracks.video?.requestKeyframe();
  }

  #useLipSync(next: LipSync): void {
    if (next.holdMs !== this.#lipSync.holdMs) this.tracks.video?.setPlayoutDelay(next.holdMs, next.holdMs);
    this.#lipSync = next;
  }

  close(): void {
    this.#attachedVideo?.release();
    this.#releaseAudio?.();
    this.#attachedVideo = undefined;
    this.#releaseAudio = undefined;
    this.sender.close();
  }
}

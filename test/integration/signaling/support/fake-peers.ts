import { err, ok } from '../../../../server/lib/result.js';
import type { ViewersPort, WebRtcPort } from '../../../../server/signaling/ports.js';
import type { ViewerHandle } from '../../../../server/viewers/viewer-handle.js';
import type { WebRtcHooks, WebRtcSignaling } from '../../../../server/viewers/webrtc/webrtc-signaling.js';

/** Peers without media: they answer signalling, and a test plays their other end through `hooks`. */
export class FakePeers implements ViewersPort, WebRtcPort {
  readonly videos = ['main'];
  readonly made = new Map<string, FakePeer>();
  requests = 0;

  readonly request: WebRtcPort['request'] = async (sessionId, request, hooks, { paused, clientAddress }) => {
    this.requests += 1;
    const id = request.video.selector?.id ?? 'main';
    if (id !== 'main') return err(`no stream ${id}`);
    const peer = new FakePeer(hooks, paused, clientAddress, () => this.made.delete(sessionId));
    this.made.set(sessionId, peer);
    hooks.onCandidate({
      candidate: 'candidate:1 1 udp 1 127.0.0.1 9 typ host',
      sdpMid: '0',
      sdpMLineIndex: 0,
      usernameFragment: null,
    });
    const video = { disabled: request.video.disabled ?? false, id, video: id, auto: request.video.auto ?? request.auto ?? false };
    return ok({ sdp: 'v=0 offer', iceservers: [], video, audio: { disabled: request.audio.disabled ?? false } });
  };

  peer(sessionId: string): FakePeer | undefined {
    return this.made.get(sessionId);
  }

  viewer(sessionId: string): FakePeer | undefined {
    return this.peer(sessionId);
  }

  signaling(sessionId: string): FakePeer | undefined {
    return this.peer(sessionId);
  }

  pointerMoved: ViewersPort['pointerMoved'] = ({ x, y, by }) => {
    for (const [id, { said }] of this.made) if (id !== by) said.push(`cursor ${x} ${y}`);
  };
}

export class FakePeer implements ViewerHandle, WebRtcSignaling {
  /** Why the viewer gets no picture. */
  refusal: string | undefined;
  readonly said: string[] = [];

  constructor(
    readonly hooks: WebRtcHooks,
    public paused: boolean,
    readonly clientAddress: string,
    private readonly gone: () => void,
  ) {}

  async answer(sdp: string) {
    this.said.push(`answer ${sdp}`);
    return ok(undefined);
  }
  async offer(sdp: string) {
    return ok({ sdp: `answer to ${sdp}` });
  }
  async candidate(init: { readonly candidate: string }) {
    this.said.push(`candidate ${init.candidate}`);
    return ok(undefined);
  }
  async restart() {
    return ok({ sdp: 'v=0 restart' });
  }
  socketOpened() {
    this.said.push('socket opened');
  }
  setVideo({ disabled }: { readonly disabled?: boolean }) {
    if (disabled !== undefined) this.hooks.onVideo({ disabled, id: 'main', video: 'main', auto: false });
    return ok(undefined);
  }
  setAudio({ disabled }: { readonly disabled?: boolean }) {
    if (disabled !== undefined) this.hooks.onAudio({ disabled });
  }
  setSoundDelay(soundDelayMs: number) {
    this.said.push(`sound delay ${soundDelayMs}`);
  }
  setPaused(paused: boolean) {
    this.paused = paused;
  }
  close() {
    this.gone();
    this.hooks.onClosed();
  }
}

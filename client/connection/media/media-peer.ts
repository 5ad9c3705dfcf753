import {
  type ChannelMessage,
  decodeChannelMessage,
  encodeInput,
  type InputCommand,
} from '../../../server/protocol/channel/datachannel.js';
import type { CandidateInit, IceServer } from '../../../server/protocol/events/signal.js';
import { stereoAnswer } from './stereo-answer.js';

export interface PeerEvents {
  answer(sdp: string): void;
  candidate(candidate: CandidateInit): void;
  stream(stream: MediaStream): void;
  /** ICE is connected and the data channel is open. */
  connected(): void;
  interrupted(): void;
  failed(): void;
  gone(): void;
  message(message: ChannelMessage): void;
}

const CONFIGURATION: RTCConfiguration = { bundlePolicy: 'max-bundle', rtcpMuxPolicy: 'require' };

/** Chromium's older name for jitterBufferTarget, in seconds. */
type HintedReceiver = RTCRtpReceiver & { playoutDelayHint?: number; jitterBufferTarget?: number | null };

/** One peer connection, used once: the server offers and opens the data channel. Created early, since making a key takes time. */
export class MediaPeer {
  readonly #connection = new RTCPeerConnection(CONFIGURATION);
  readonly #events: PeerEvents;
  #channel: RTCDataChannel | null = null;
  /** Candidates of the server that came before its offer was answered. */
  #early: CandidateInit[] | null = [];
  #work: Promise<void> = Promise.resolve();
  #closed = false;
  #used = false;

  constructor(events: PeerEvents) {
    this.#events = events;
    const connection = this.#connection;
    connection.onicecandidate = ({ candidate }) => {
      if (candidate?.candidate) this.#emit(() => events.candidate(toWire(candidate)));
    };
    connection.ontrack = ({ track, receiver, streams }) => {
      preferLatency(receiver);
      const stream = streams[0];
      if (track.kind === 'video' && stream) this.#emit(() => events.stream(stream));
    };
    connection.ondatachannel = ({ channel }) => this.#adopt(channel);
    connection.onconnectionstatechange = () => this.#emit(() => this.#connectionChanged());
  }

  /** True until the first message of the server about this peer. */
  get isUnused(): boolean {
    return !this.#used;
  }

  /** Answers the first offer. */
  provide(sdp: string, iceServers: readonly IceServer[]): void {
    this.useServers(iceServers);
    this.offer(sdp);
  }

  /** The ICE servers for the next gathering: at the first answer, and at every ICE restart. */
  useServers(iceServers: readonly IceServer[]): void {
    if (this.#closed) return;
    this.#connection.setConfiguration({ ...CONFIGURATION, iceServers: iceServers.map((server) => ({ ...server })) });
  }

  /** Answers any offer: the first one, a renegotiation or an ICE restart. */
  offer(sdp: string): void {
    this.#used = true;
    this.#queue(async () => {
      await this.#connection.setRemoteDescription({ type: 'offer', sdp });
      const answer = await this.#connection.createAnswer();
      const description = { type: answer.type, sdp: stereoAnswer(answer.sdp ?? '') };
      // The server can start its checks while the local description is still being applied.
      const applied = this.#connection.setLocalDescription(description);
      this.#emit(() => this.#events.answer(description.sdp));
      await applied;
      // The restart of a path that was not lost changes no state, so no event would mark its end.
      if (this.#connection.connectionState === 'connected') this.#emit(() => this.#connectionChanged());
      const early = this.#early ?? [];
      this.#early = null;
      for (const candidate of early) await this.#add(candidate);
    });
  }

  addCandidate(candidate: CandidateInit): void {
    this.#used = true;
    if (this.#early) this.#early.push(candidate);
    else this.#queue(() => this.#add(candidate));
  }

  /** Sends over the data channel; false when it is not open. */
  send(command: InputCommand): boolean {
    if (this.#channel?.readyState !== 'open') return false;
    this.#channel.send(encodeInput(command).slice());
    return true;
  }

  stats(): Promise<RTCStatsReport> {
    return this.#connection.getStats();
  }

  close(): void {
    this.#closed = true;
    this.#channel?.close();
    this.#connection.close();
  }

  async #add(candidate: CandidateInit): Promise<void> {
    // A candidate that this browser cannot read (an mDNS name, an unknown transport) only costs that path.
    await this.#connection.addIceCandidate(candidate).catch(() => undefined);
  }

  #adopt(channel: RTCDataChannel): void {
    if (channel.label !== 'data') return;
    this.#channel = channel;
    channel.binaryType = 'arraybuffer';
    channel.onopen = () => this.#emit(() => this.#connectionChanged());
    channel.onclose = () => this.#emit(() => this.#events.gone());
    channel.onmessage = ({ data }) => {
      if (!(data instanceof ArrayBuffer)) return;
      const message = decodeChannelMessage(new Uint8Array(data));
      if (message.ok) this.#emit(() => this.#events.message(message.value));
    };
  }

  #connectionChanged(): void {
    switch (this.#connection.connectionState) {
      case 'connected':
        if (this.#channel?.readyState === 'open') this.#events.connected();
        break;
      case 'disconnected':
        this.#events.interrupted();
        break;
      case 'failed':
        this.#events.failed();
        break;
      case 'closed':
        this.#events.gone();
        break;
      case 'new':
      case 'connecting':
        break;
    }
  }

  #queue(task: () => Promise<void>): void {
    this.#work = this.#work.then(async () => {
      if (this.#closed) return;
      try {
        await task();
      } catch (error) {
        // This browser refused the description; only another request can help.
        console.warn('WebRTC negotiation failed', error);
        this.#emit(() => this.#events.gone());
      }
    });
  }

  #emit(action: () => void): void {
    if (!this.#closed) action();
  }
}

function preferLatency(receiver: HintedReceiver): void {
  receiver.playoutDelayHint = 0;
  receiver.jitterBufferTarget = 0;
}

function toWire(candidate: RTCIceCandidate): CandidateInit {
  const { sdpMid, sdpMLineIndex, usernameFragment } = candidate;
  return { candidate: candidate.candidate, sdpMid, sdpMLineIndex, usernameFragment };
}

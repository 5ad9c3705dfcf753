import wrtc from '@roamhq/wrtc';
import WebSocket from 'ws';
import { waitFor } from '../../support/wait-for.js';

interface Message {
  readonly event: string;
  readonly payload?: unknown;
}

/** A viewer by libwebrtc: the whole v3 signalling over its own WebSocket, decoded frames counted, the data channel open. */
export class LibwebrtcViewer {
  readonly messages: Message[] = [];
  /** Binary messages of the server on the data channel. */
  readonly fromChannel: Buffer[] = [];
  frames = 0;
  size = { width: 0, height: 0 };
  closeCode: number | undefined;
  readonly #connection = new wrtc.RTCPeerConnection();
  #channel: RTCDataChannel | undefined;
  #sink: InstanceType<typeof wrtc.nonstandard.RTCVideoSink> | undefined;
  /** Candidates that came before the offer. */
  #early: RTCIceCandidateInit[] | undefined = [];

  private constructor(
    readonly id: string,
    readonly socket: WebSocket,
  ) {
    socket.on('message', (data) => this.#receive(JSON.parse(String(data))));
    socket.on('close', (code) => {
      this.closeCode = code;
    });
    this.#connection.ontrack = ({ track }) => this.#watch(track);
    this.#connection.ondatachannel = ({ channel }) => this.#take(channel);
    this.#connection.onicecandidate = ({ candidate }) => {
      if (candidate) this.send('signal/candidate', candidate.toJSON());
    };
  }

  /** Signs in with a token and resolves once frames arrive and the data channel is open. */
  static async open(url: string, { id, token }: { readonly id: string; readonly token: string }): Promise<LibwebrtcViewer> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/api/ws?token=${token}`);
    const viewer = new LibwebrtcViewer(id, socket);
    await viewer.seen('system/init');
    viewer.send('signal/request', {});
    await waitFor('an open data channel', () => viewer.#channel?.readyState === 'open');
    await waitFor('decoded frames', () => viewer.frames > 3);
    return viewer;
  }

  get isConnected(): boolean {
    return this.#connection.connectionState === 'connected' && this.#channel?.readyState === 'open';
  }

  send(event: string, payload?: unknown): void {
    this.socket.send(JSON.stringify({ event, payload }));
  }

  sendOnChannel(data: Uint8Array<ArrayBuffer> | string): void {
    if (typeof data === 'string') this.#channel?.send(data);
    else this.#channel?.send(data);
  }

  /** The payload of the first message of that name from `from` on that `where` selects. */
  async seen(event: string, where: (payload: unknown) => boolean = () => true, from = 0): Promise<unknown> {
    const message = await waitFor(event, () =>
      this.messages.slice(from).find((each) => each.event === event && where(each.payload)),
    );
    return message.payload;
  }

  /** Leaves for good: whoever was in control is not any more. */
  close(): void {
    this.#sink?.stop();
    this.#connection.close();
    this.socket.close(1000);
  }

  #receive(message: Message): void {
    this.messages.push(message);
    const { event, payload } = message;
    if (event === 'signal/provide' || event === 'signal/restart' || event === 'signal/offer')
      void this.#answer(text(payload, 'sdp'));
    if (event !== 'signal/candidate') return;
    const candidate = { candidate: text(payload, 'candidate'), sdpMid: '0', sdpMLineIndex: 0 };
    if (this.#early) this.#early.push(candidate);
    else void this.#connection.addIceCandidate(candidate);
  }

  async #answer(sdp: string): Promise<void> {
    await this.#connection.setRemoteDescription({ type: 'offer', sdp });
    const answer = await this.#connection.createAnswer();
    await this.#connection.setLocalDescription(answer);
    this.send('signal/answer', { sdp: answer.sdp });
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const candidate of early) await this.#connection.addIceCandidate(candidate);
  }

  #watch(track: MediaStreamTrack): void {
    if (track.kind !== 'video') return;
    this.#sink = new wrtc.nonstandard.RTCVideoSink(track);
    this.#sink.onframe = ({ frame }: { frame: wrtc.nonstandard.RTCVideoFrame }) => {
      this.frames++;
      this.size = { width: frame.width, height: frame.height };
    };
  }

  #take(channel: RTCDataChannel): void {
    this.#channel = channel;
    channel.binaryType = 'arraybuffer';
    channel.onmessage = ({ data }) => this.fromChannel.push(Buffer.from(data));
  }
}

function text(payload: unknown, key: string): string {
  const value = typeof payload === 'object' && payload !== null ? Reflect.get(payload, key) : undefined;
  if (typeof value !== 'string') throw new Error(`no ${key} in ${JSON.stringify(payload)}`);
  return value;
}

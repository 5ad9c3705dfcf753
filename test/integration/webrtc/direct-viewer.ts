import wrtc from '@roamhq/wrtc';
import { createIceTransports } from '../../../server/ice/ice-transports.js';
import { systemClock } from '../../../server/lib/clock.js';
import { createMediaEngine } from '../../../server/media/create-media-engine.js';
import { CODECS } from '../../../server/protocol/codec.js';
import { Peer, type PeerOptions } from '../../../server/webrtc/peer.js';
import { testCertificates } from '../../support/peers/dtls-pair.js';
import { silentLog } from '../../support/silent-log.js';
import { FakeStream } from '../../unit/media/fake-viewer.js';

/** A peer of the server and libwebrtc at the other end, without signaling between them. */
export interface DirectViewer {
  readonly peer: Peer;
  readonly browser: RTCPeerConnection;
  readonly streams: { readonly audio: FakeStream; readonly video: FakeStream };
  /** Messages of the server on the data channel. */
  readonly messages: string[];
  /** Why the server ended it. */
  readonly ends: string[];
  isChannelOpen(): boolean;
  /** The server offers, the viewer answers. */
  serverOffers(): Promise<void>;
  /** The viewer offers, the server answers. Returns the answer. */
  viewerOffers(options?: RTCOfferOptions): Promise<string>;
  close(): Promise<void>;
}

export async function openDirectViewer(options: Partial<PeerOptions> = {}): Promise<DirectViewer> {
  const ice = await createIceTransports({
    udp: { kind: 'mux', port: 0 },
    tcp: { kind: 'off' },
    filters: { loopback: true },
    clock: systemClock,
    log: silentLog,
  });
  if (!ice.ok) throw new Error(ice.error);
  const own = await ice.value.createPeer({ clientAddress: '127.0.0.1' });
  if (!own.ok) throw new Error(own.error);
  const engine = createMediaEngine({ clock: systemClock });
  const streams = { audio: new FakeStream('audio', 'audio'), video: new FakeStream('main') };
  const [messages, ends]: [string[], string[]] = [[], []];
  let channelOpen = false;
  const peer = new Peer({
    ice: own.value,
    engine,
    certificate: testCertificates().server,
    codecs: { audio: CODECS.opus, video: CODECS.vp8 },
    fanouts: { video: new Map([['main', engine.fanout(streams.video)]]), audio: engine.fanout(streams.audio) },
    trickle: false,
    hooks: {
      onCandidate: () => undefined,
      onSoundReport: () => undefined,
      onEstimate: () => undefined,
      onConnected: () => undefined,
      onChannelOpen: () => {
        channelOpen = true;
      },
      onMessage: (message) => messages.push(message.toString()),
      onEnded: (_end, reason) => ends.push(reason),
    },
    clock: systemClock,
    log: silentLog,
    ...options,
  });
  peer.show({ video: 'main', audio: true });
  const browser = new wrtc.RTCPeerConnection();
  browser.onicecandidate = ({ candidate }) => {
    if (candidate) peer.candidate(candidate.candidate);
  };
  return {
    peer,
    browser,
    streams,
    messages,
    ends,
    isChannelOpen: () => channelOpen,
    async serverOffers() {
      const offer = await peer.offer();
      if (!offer.ok) throw new Error(offer.error);
      await browser.setRemoteDescription({ type: 'offer', sdp: offer.value });
      await browser.setLocalDescription(await browser.createAnswer());
      const taken = peer.answer(browser.localDescription?.sdp ?? '');
      if (!taken.ok) throw new Error(taken.error);
    },
    async viewerOffers(offerOptions) {
      await browser.setLocalDescription(await browser.createOffer(offerOptions));
      const answer = await peer.answerOffer(browser.localDescription?.sdp ?? '');
      if (!answer.ok) throw new Error(answer.error);
      await browser.setRemoteDescription({ type: 'answer', sdp: answer.value });
      return answer.value;
    },
    async close() {
      browser.close();
      peer.close();
      engine.close();
      await ice.value.close();
    },
  };
}

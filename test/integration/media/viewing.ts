import { createIceTransports } from '../../../server/ice/ice-transports.js';
import { systemClock } from '../../../server/lib/clock.js';
import { createMediaEngine } from '../../../server/media/create-media-engine.js';
import type { PeerSender, SenderTrack, SrtpProfile } from '../../../server/media/media-engine.js';
import { type Departures, plainDepartures, selectDepartures } from '../../../server/media/paths/departures.js';
import type { CipherSuite } from '../../../server/media/srtp/cipher-suite.js';
import { nodeCryptoSuite } from '../../../server/media/srtp/node-crypto-suite.js';
import { selectCipher } from '../../../server/media/srtp/select-cipher.js';
import { silentLog } from '../../support/silent-log.js';
import { openWebRtcViewers } from '../../support/webrtc-viewers.js';
import { lossyDepartures } from './lossy-departures.js';
import type { Source } from './picture-source.js';

export interface ViewingOptions {
  readonly path: 'fast' | 'plain';
  readonly transport: 'udp' | 'tcp';
  readonly profile: SrtpProfile;
  /** Share of the packets that is lost on the way. */
  readonly loss: number;
  readonly sources: { readonly video: Source; readonly audio: Source };
  /** A datagram of so many bytes leaves. */
  readonly left?: (bytes: number) => void;
}

/** The server's own stages from a stream to its viewers, without screen and signaling. */
export interface Viewing {
  /** What each viewer's sender was told by DTLS, in the order they connected. */
  readonly profiles: SrtpProfile[];
  readonly senders: PeerSender[];
  /** The tracks of all viewers, in the order in which they were added. */
  readonly tracks: SenderTrack[];
  readonly implementations: string;
  lost(): number;
  /** Makes a viewer's offer. */
  offer(sessionId: string): Promise<string>;
  answer(sessionId: string, sdp: string): Promise<void>;
  /** The server ends a viewer's peer, if it has one still. */
  end(sessionId: string): void;
  close(): Promise<void>;
}

const SEED = 4_711;

export async function openViewing({ path, transport, profile, loss, sources, left }: ViewingOptions): Promise<Viewing> {
  const ice = await createIceTransports({
    udp: transport === 'udp' ? { kind: 'mux', port: 0 } : { kind: 'off' },
    tcp: transport === 'tcp' ? { kind: 'mux', port: 0 } : { kind: 'off' },
    clock: systemClock,
    log: silentLog,
  });
  if (!ice.ok) throw new Error(ice.error);
  const suite: CipherSuite = path === 'fast' ? selectCipher().suite : nodeCryptoSuite();
  const chosen: Departures = path === 'fast' ? selectDepartures() : plainDepartures('test');
  const departures = lossyDepartures(chosen, loss, SEED, left);
  const engine = createMediaEngine({ clock: systemClock, suite, departures });
  const profiles: SrtpProfile[] = [];
  const senders: PeerSender[] = [];
  const tracks: SenderTrack[] = [];
  const { viewers, webrtc } = openWebRtcViewers({
    ice: ice.value,
    engine: {
      ...engine,
      addPeer(options) {
        profiles.push(options.keys.profile);
        const sender = engine.addPeer(options);
        const addTrack = sender.addTrack.bind(sender);
        sender.addTrack = (trackOptions) => {
          const track = addTrack(trackOptions);
          tracks.push(track);
          return track;
        };
        senders.push(sender);
        return sender;
      },
    },
    fanouts: {
      video: new Map([['main', engine.fanout(sources.video.stream)]]),
      audio: engine.fanout(sources.audio.stream),
    },
    trickle: false,
    srtpProfiles: [profile],
    clock: systemClock,
  });
  const nothing = () => undefined;
  const hooks = {
    onCandidate: nothing,
    onVideo: nothing,
    onAudio: nothing,
    onIceServers: nothing,
    onConnected: nothing,
    onClosed: nothing,
    onInput: nothing,
  };
  return {
    profiles,
    senders,
    tracks,
    implementations: `${engine.paths.cipher} ${engine.paths.send}`,
    lost: () => departures.lost,
    async offer(sessionId) {
      const offer = await webrtc.request(sessionId, { video: {}, audio: {} }, hooks, {
        paused: false,
        clientAddress: '127.0.0.1',
      });
      if (!offer.ok) throw new Error(offer.error);
      return offer.value.sdp;
    },
    async answer(sessionId, sdp) {
      const answered = await webrtc.signaling(sessionId)?.answer(sdp);
      if (!answered?.ok) throw new Error(answered?.error ?? 'the peer is gone');
    },
    end: (sessionId) => viewers.viewer(sessionId)?.close('dismissed'),
    async close() {
      viewers.close();
      engine.close();
      await ice.value.close();
    },
  };
}

import { CODECS } from '../../server/protocol/codec.js';
import { Viewers } from '../../server/viewers/viewers.js';
import { WebRtcEntrance, type WebRtcOptions } from '../../server/viewers/webrtc/webrtc-entrance.js';
import { DEFAULT_ESTIMATOR } from './default-estimator.js';
import { silentLog } from './silent-log.js';

/** Viewers over WebRTC of streams that a test makes, VP8 and Opus, without screen and signaling. */
export function openWebRtcViewers(options: Omit<WebRtcOptions, 'codecs' | 'frontendIceServers' | 'log'>) {
  const viewers = new Viewers({
    streams: {
      offered: [...options.fanouts.video.keys()],
      hidden: [],
      bitrateBps: () => 0,
      nominalBitrateBps: () => undefined,
      bitrateRange: () => undefined,
    },
    cursor: { image: () => undefined, position: async () => undefined, onImage: () => () => undefined },
    estimator: DEFAULT_ESTIMATOR,
    setBitrate: () => undefined,
    clock: options.clock,
    log: silentLog,
  });
  const webrtc = new WebRtcEntrance(viewers, {
    ...options,
    codecs: { audio: CODECS.opus, video: CODECS.vp8 },
    frontendIceServers: () => ({ servers: [], lifetimeMs: undefined }),
    log: silentLog,
  });
  return { viewers, webrtc };
}

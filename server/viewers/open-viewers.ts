import type { Logger } from 'pino';
import type { Capture } from '../capture/capture.js';
import type { EncodedStream } from '../capture/streams/encoded-stream.js';
import type { Config } from '../config/config.js';
import type { Desktop } from '../desktop/desktop.js';
import type { IceTransports } from '../ice/ice-types.js';
import type { Clock } from '../lib/clock.js';
import type { Fanout, MediaEngine } from '../media/media-engine.js';
import { CODECS } from '../protocol/codec.js';
import type { RoomRunner } from '../room/room-runner.js';
import { type MeteredStream, meterStream } from './video/metered-stream.js';
import { Viewers } from './viewers.js';
import { WebRtcEntrance } from './webrtc/webrtc-entrance.js';

export interface ViewerStages {
  readonly config: Config;
  readonly desktop: Desktop;
  readonly capture: Capture;
  readonly engine: MediaEngine;
  readonly ice: IceTransports;
  readonly room: Pick<RoomRunner, 'isHost'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The viewers, and the ways in to them. */
export interface OpenViewers {
  readonly viewers: Viewers;
  readonly webrtc: WebRtcEntrance;
}

/** Puts a fan-out behind every captured stream, and opens the viewers and their way in on top of them. */
export function openViewers(stages: ViewerStages): OpenViewers {
  const { config, desktop, capture, engine, clock } = stages;
  const log = stages.log.child({ part: 'webrtc' });
  const fanout = (stream: EncodedStream): Fanout =>
    engine.fanout(stream, {
      captureTime: () => {
        const rtpClock = capture.rtpClock(stream.id);
        if (rtpClock === undefined) return undefined;
        return { rtpTimestamp: 0, wallClockMs: performance.timeOrigin + rtpClock.zeroMs };
      },
    });
  const video = new Map<string, MeteredStream>();
  for (const stream of capture.streams.values()) if (stream.kind === 'video') video.set(stream.id, meterStream(stream, clock));
  const viewers = new Viewers({
    streams: {
      offered: capture.videoIds,
      hidden: [...video.keys()].filter((id) => !capture.videoIds.includes(id)),
      isBroken: (id) => capture.isBroken(id),
      bitrateBps: (id) => video.get(id)?.bitrateBps() ?? 0,
      nominalBitrateBps: (id) => capture.nominalBitrateBps(id) ?? (video.get(id)?.peakBitrateBps() || undefined),
      bitrateRange: (id) => capture.bitrateRange(id),
    },
    cursor: {
      image: () => desktop.cursor.image(),
      onImage: (listener) => desktop.cursor.onImage(listener),
      position: async (sessionId) => (stages.room.isHost(sessionId) ? undefined : desktop.cursor.position()),
    },
    estimator: config.webrtc.estimator,
    setBitrate: (id, bitrateBps) => capture.setBitrate(id, bitrateBps),
    clock,
    log,
  });
  capture.onBroken((id) => viewers.leaveStream(id));
  const webrtc = new WebRtcEntrance(viewers, {
    ice: stages.ice,
    engine,
    codecs: { audio: CODECS[config.capture.audio.codec], video: CODECS[config.capture.video.codec] },
    fanouts: { video: new Map([...video].map(([id, stream]) => [id, fanout(stream)])), audio: fanout(capture.audio) },
    trickle: config.webrtc.icetrickle,
    ...(config.webrtc.estimator.enabled ? { congestion: { startBps: config.webrtc.estimator.initialBitrateBps } } : {}),
    frontendIceServers(sessionId) {
      const { servers, lifetimeMs } = stages.ice.servedServers(config.webrtc.iceServers.frontend, sessionId);
      const advertised = servers.map(({ urls, username, credential }) => ({
        urls: [...urls],
        ...(username === undefined ? {} : { username }),
        ...(credential === undefined ? {} : { credential }),
      }));
      return { servers: advertised, lifetimeMs };
    },
    clock,
    log,
  });
  return { viewers, webrtc };
}

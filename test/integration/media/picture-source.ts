import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { EncodedStream, RtpListener } from '../../../server/capture/streams/encoded-stream.js';
import type { CodecName } from '../../../server/protocol/codec.js';

/** Colour bars of 320x240 at 30/s with a keyframe every second: the top of the first bar is white, that of the last one blue. */
const PIPELINES: Partial<Record<CodecName, string>> = {
  vp8: 'videotestsrc is-live=true pattern=smpte ! video/x-raw,width=320,height=240,framerate=30/1 ! vp8enc deadline=1 cpu-used=8 threads=1 keyframe-max-dist=30 target-bitrate=600000 ! rtpvp8pay mtu=1200',
  opus: 'audiotestsrc is-live=true ! audio/x-raw,rate=48000,channels=2 ! opusenc ! rtpopuspay',
};

export interface Source {
  readonly stream: EncodedStream;
  stop(): Promise<void>;
}

/** A stream that GStreamer encodes all the time, as real as a captured one, without a screen. */
export async function startSource(codec: 'vp8' | 'opus'): Promise<Source> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 1_000_000 });
  const listeners = new Set<RtpListener>();
  socket.on('message', (packet) => {
    for (const listener of listeners) listener.packets([packet]);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const pipeline = `${PIPELINES[codec]} ! udpsink host=127.0.0.1 port=${socket.address().port}`;
  const gst = spawn('gst-launch-1.0', ['-q', ...pipeline.split(' ')], { stdio: ['ignore', 'ignore', 'inherit'] });
  return {
    stream: {
      id: codec,
      kind: codec === 'vp8' ? 'video' : 'audio',
      codec,
      listen(listener) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
      // The next one is never more than a second away.
      requestKeyframe: () => undefined,
      requestPicture: () => undefined,
    },
    async stop() {
      const ended = gst.exitCode === null ? once(gst, 'exit') : undefined;
      gst.kill();
      await ended;
      socket.close();
    },
  };
}

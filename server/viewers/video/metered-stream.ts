import type { EncodedStream } from '../../capture/streams/encoded-stream.js';
import type { Clock } from '../../lib/clock.js';

export interface MeteredStream extends EncodedStream {
  /** Bits of RTP in the last complete second; 0 while nobody listens. */
  bitrateBps(): number;
  /** The most that any complete second had: what the stream needs at times. 0 before there was one. */
  peakBitrateBps(): number;
}

/** Measures a stream on its way to the one fan-out that listens to it. */
export function meterStream(stream: EncodedStream, clock: Clock): MeteredStream {
  let second = 0;
  let bytes = 0;
  let lastSecondBytes = 0;
  let peakBytes = 0;
  const advance = () => {
    const now = Math.floor(clock.nowMs() / 1000);
    if (now === second) return;
    peakBytes = Math.max(peakBytes, bytes);
    lastSecondBytes = now === second + 1 ? bytes : 0;
    second = now;
    bytes = 0;
  };
  return {
    id: stream.id,
    kind: stream.kind,
    codec: stream.codec,
    requestKeyframe: () => stream.requestKeyframe(),
    requestPicture: () => stream.requestPicture(),
    listen: (listener) =>
      stream.listen({
        packets(batch) {
          advance();
          for (const packet of batch) bytes += packet.length;
          listener.packets(batch);
        },
        restarted: () => listener.restarted(),
      }),
    bitrateBps() {
      advance();
      return lastSecondBytes * 8;
    },
    peakBitrateBps() {
      advance();
      return peakBytes * 8;
    },
  };
}

import { assertNever } from '../../lib/assert-never.js';
import { CODECS, type CodecName } from '../../protocol/codec.js';

/** Largest RTP packet as the payloader makes it; header extensions and protection still have to fit into 1200 bytes. */
export const MAX_RTP_PACKET_BYTES = 1180;

export const SINK = 'fdsink name=output sync=false async=false enable-last-sample=false';

/**
 * The end of every pipeline: from encoded frames to the descriptor. RTP time is the running time, since no offset is added.
 * Requests for a keyframe enter at the element `keyframes` and travel upstream from there.
 */
export function outputChain(codec: CodecName): string {
  // AV1 has no payloader here before GStreamer's Rust plug-ins; its frames leave with their times, and the worker payloads them.
  if (codec === 'av1')
    return `capsfilter name=keyframes caps=video/x-av1,stream-format=obu-stream,alignment=tu ! gdppay crc-header=false ! ${SINK}`;
  return `${payloader(codec)} name=keyframes pt=${CODECS[codec].payloadType} mtu=${MAX_RTP_PACKET_BYTES} timestamp-offset=0 ! rtpstreampay ! ${SINK}`;
}

function payloader(codec: Exclude<CodecName, 'av1'>): string {
  switch (codec) {
    case 'vp8':
      return 'rtpvp8pay picture-id-mode=15-bit';
    case 'vp9':
      return 'rtpvp9pay picture-id-mode=15-bit';
    case 'h264':
      // Parameter sets go in front of every keyframe, since viewers join at any of them.
      return 'rtph264pay config-interval=-1 aggregate-mode=zero-latency';
    case 'h265':
      return 'rtph265pay config-interval=-1 aggregate-mode=zero-latency';
    case 'opus':
      return 'rtpopuspay dtx=true';
    case 'g722':
      return 'rtpg722pay';
    case 'pcmu':
      return 'rtppcmupay';
    case 'pcma':
      return 'rtppcmapay';
    default:
      return assertNever(codec);
  }
}

const APPSINK = /\bappsink\b((?:\s+[\w-]+\s*=\s*(?:"[^"]*"|\S+))*)/g;

/** Replaces the `appsink name=appsink` that a written pipeline ends in by the output chain; undefined if there is none. */
export function replaceAppsink(text: string, codec: CodecName): string | undefined {
  let found = false;
  const replaced = text.replace(APPSINK, (sink: string, properties: string) => {
    if (found || !/\bname\s*=\s*"?appsink"?(?:\s|$)/.test(properties)) return sink;
    found = true;
    return outputChain(codec);
  });
  return found ? replaced : undefined;
}

import type { CaptureConfig } from '../../config/config.js';
import { codecProblem } from '../encoders/known-encoders.js';
import { chain, quoted } from './launch-text.js';
import { outputChain, replaceAppsink } from './payloaders.js';
import type { StreamDescription } from './stream-description.js';
import { audioEncoder } from './v2-pipelines.js';

export const AUDIO_ID = 'audio';
const DEFAULT_OPUS_BPS = 128_000;

/**
 * Small PulseAudio fragments keep the sound's delay near the picture's; the system clock is the one of every pipeline.
 */
const PULSE_OPTIONS = 'provide-clock=false buffer-time=80000 latency-time=20000';

/** The one stream of sound. */
export function audioStream({ codec, device, pipeline, v2 }: CaptureConfig['audio']): StreamDescription {
  const stream = {
    id: AUDIO_ID,
    kind: 'audio',
    codec,
    hidden: false,
    source: 'own',
    output: 'rtp',
    keyframeBy: 'event',
    framesPerSecond: 0,
    lifts: false,
    mayExceed: false,
  } as const;
  const template = pipeline?.replace('{device}', () => device) ?? templateOf(v2?.template, device);
  if (template !== undefined) {
    const key = pipeline === undefined ? 'NEKO_AUDIO' : 'capture.audio.pipeline';
    const problem = codecProblem(template, key, 'audio', codec);
    // A pipeline that nothing comes out of is no reason to stop: it is found out when it is built, as a desktop without sound.
    const text = replaceAppsink(template, codec) ?? template;
    return problem === undefined ? { ...stream, text } : { ...stream, text, problem };
  }
  const source = `pulsesrc name=source device=${quoted(device)} ${PULSE_OPTIONS} ! audioconvert ! audioresample`;
  const bitrateBps = v2 === undefined ? DEFAULT_OPUS_BPS : v2.bitrateKbps * 1000;
  const queue = 'queue max-size-buffers=5 leaky=downstream';
  return { ...stream, text: chain(source, queue, audioEncoder(codec, bitrateBps), outputChain(codec)) };
}

function templateOf(template: string | undefined, device: string): string | undefined {
  if (template === undefined) return undefined;
  const text = template.replace('%s', () => device).replace(/[!\s]+$/, '');
  return replaceAppsink(text, 'opus') === undefined ? `${text} ! appsink name=appsink` : text;
}

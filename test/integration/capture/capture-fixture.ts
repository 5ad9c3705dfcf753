import { type Capture, type CaptureOptions, openCapture } from '../../../server/capture/capture.js';
import { systemClock } from '../../../server/lib/clock.js';
import type { VideoCodecName } from '../../../server/protocol/codec.js';

type Config = CaptureOptions['config'];

export interface FixtureOptions {
  readonly display: string;
  readonly workerEntry: string;
  readonly screenshotDisplay?: string;
  readonly codec?: VideoCodecName;
  readonly video?: Partial<Config['video']>;
  readonly audio?: Partial<Config['audio']>;
}

/** The capture of a test: default streams unless told otherwise. What it says goes to `lines`. */
export function openTestCapture(
  { display, workerEntry, screenshotDisplay, codec = 'vp8', video, audio }: FixtureOptions,
  lines: string[] = [],
): Capture {
  const line = (fields: object, message: string) => void lines.push(`${message} ${JSON.stringify(fields)}`);
  const opened = openCapture({
    config: {
      video: { display: undefined, codec, ids: [], pipelines: {}, pipeline: undefined, v2: undefined, ...video },
      audio: { device: 'audio_output.monitor', codec: 'opus', pipeline: undefined, v2: undefined, ...audio },
    },
    display,
    screen: { width: 1280, height: 720, rate: 30 },
    legacy: false,
    log: { debug: line, info: line, warn: line, error: line },
    clock: systemClock,
    workerEntry,
    ...(screenshotDisplay === undefined ? {} : { screenshotDisplay }),
  });
  if (!opened.ok) throw new Error(opened.error);
  return opened.value;
}

import { type Job, OUTPUT, type Setting, SOURCE } from '../job.js';
import { chain } from '../pipelines/launch-text.js';
import { SINK } from '../pipelines/payloaders.js';
import { GRAB_SOURCE } from '../pipelines/video-text.js';

/** Unlike the id of any stream, which names a pipeline of the settings. */
export const SCREENSHOT_ID = '/screenshot';

/** JFIF has the full range and the matrix of BT.601. */
const JFIF_COLORS = 'video/x-raw,format=I420,colorimetry=(string)1:4:0:0';

/** The job that makes one JPEG of the screen for each request. Its source is that of encoded streams, which it reads as briefly. */
export function screenshotJob(display: string | undefined): Job {
  return {
    text: chain(GRAB_SOURCE, JFIF_COLORS, 'jpegenc name=encoder', 'gdppay crc-header=false', SINK),
    inputs: [{ kind: 'pictures', element: SOURCE, display, pace: 'request', framesPerSecond: 1, lifts: false }],
    outputs: [{ kind: 'images', element: OUTPUT }],
    keyframeBy: 'event',
    settings: [],
  };
}

export function qualitySettings(quality: number): readonly Setting[] {
  return [{ element: 'encoder', property: 'quality', value: String(quality) }];
}

import { expect, test } from 'vitest';
import { bitrateRange } from '../../../server/capture/encoders/bitrate-range.js';
import { defaultEncoder } from '../../../server/capture/encoders/default-encoders.js';
import { defaultLadder } from '../../../server/capture/pipelines/default-ladder.js';
import { buildStreams, type PipelineInput } from '../../../server/capture/pipelines/pipelines.js';
import { StreamJobs } from '../../../server/capture/streams/stream-jobs.js';
import { silentLog } from '../../support/silent-log.js';

type Video = PipelineInput['config']['video'];

const SCREEN = { width: 1280, height: 720, rate: 30 };
const V2 = { bitrateKbps: 2_000, fps: 25, hardwareEncoder: 'none' as const, template: undefined };

function input(video: Partial<Video>, screen = SCREEN): PipelineInput {
  const config = {
    video: { display: undefined, codec: 'vp8' as const, ids: [], pipelines: {}, pipeline: undefined, v2: undefined, ...video },
    audio: { device: 'd', codec: 'opus' as const, pipeline: undefined, v2: undefined },
  };
  return { config, screen, display: ':99', legacy: true, has: () => true };
}

function built(video: Partial<Video>, screen = SCREEN) {
  const streams = buildStreams(input(video, screen));
  if (!streams.ok) throw new Error(streams.error);
  return streams.value.filter(({ kind }) => kind === 'video');
}

/** The ids that clients are told of. */
const shown = (video: Partial<Video>, screen = SCREEN) => built(video, screen).flatMap(({ id, hidden }) => (hidden ? [] : [id]));

test('LD1 for 720p: 3.0, 1.2 and 0.4 Mbit/s, the lower at lower rates, the lowest at two thirds of the size', () => {
  const shape = { scaledTo: undefined, worthwhile: true };
  expect(defaultLadder(SCREEN)).toEqual([
    { id: 'main', isLower: false, bitrateBps: 3_000_000, framesPerSecond: 30, lifts: true, ...shape },
    { id: 'medium', isLower: true, bitrateBps: 1_200_000, framesPerSecond: 24, lifts: true, ...shape },
    {
      id: 'low',
      isLower: true,
      bitrateBps: 400_781,
      framesPerSecond: 20,
      lifts: false,
      scaledTo: { width: 852, height: 480 },
      worthwhile: true,
    },
  ]);
});

test.each([
  [3840, 2160, ['main', 'medium', 'low']],
  [1920, 1080, ['main', 'medium', 'low']],
  [1024, 768, ['main', 'medium', 'low']],
  [800, 600, ['main', 'medium']],
  [720, 1280, ['main', 'medium', 'low']],
  [320, 240, ['main']],
])('LD1 a screen of %dx%d is offered in its number of rungs, each of less than half the one above', (width, height, ids) => {
  const screen = { width, height, rate: 60 };
  expect(shown({}, screen)).toEqual(ids);
  const ladder = defaultLadder(screen);
  for (const [index, { bitrateBps, scaledTo, framesPerSecond }] of ladder.entries()) {
    if (index > 0) expect(bitrateBps).toBeLessThanOrEqual(ladder[index - 1]!.bitrateBps / 2);
    expect(framesPerSecond).toBe([60, 24, 20][index]);
    if (scaledTo === undefined) continue;
    expect([scaledTo.width % 2, scaledTo.height % 2]).toEqual([0, 0]);
    expect(scaledTo.width / scaledTo.height / (width / height)).toBeCloseTo(1, 1);
    expect(scaledTo.width * scaledTo.height).toBeLessThanOrEqual(960 * 540);
  }
});

test('LD1 a screen of one pixel has all of its rungs, though clients are told of the first alone', () => {
  expect(built({}, { width: 1, height: 1, rate: 1 }).map(({ id, hidden }) => `${id} ${hidden}`)).toEqual([
    'main false',
    'medium true',
    'low true',
    'legacy true',
  ]);
});

test('LD1 the ids choose among the rungs, and hide the others', () => {
  expect(shown({ ids: ['low'] })).toEqual(['low']);
  expect(shown({ ids: ['low'] }, { width: 320, height: 240, rate: 30 })).toEqual(['low']);
});

test('LD1 a pipeline, pipelines and v2 settings have the streams that they name and no other', () => {
  expect(shown({ pipeline: 'ximagesrc ! vp8enc ! appsink name=appsink' })).toEqual(['main']);
  expect(shown({ ids: ['a'], pipelines: { a: { gstEncoder: 'vp8enc', showPointer: false } } })).toEqual(['a']);
  expect(shown({ ids: ['main'], v2: V2 })).toEqual(['main']);
});

const low = (screen: typeof SCREEN, lacks = '') => {
  const streams = buildStreams({ ...input({}, screen), has: (element) => element !== lacks });
  return streams.ok ? streams.value.find(({ id }) => id === 'low')!.text : streams.error;
};

test('LD3 the lowest rung is converted and scaled in one pass, one after the other where GStreamer cannot', () => {
  expect(low(SCREEN)).toMatch(
    /^appsrc [^!]*! videoconvertscale n-threads=1 method=1 ! video\/x-raw,format=I420,colorimetry=bt601,width=852,height=480 ! vp8enc /,
  );
  expect(low(SCREEN, 'videoconvertscale')).toMatch(
    /! videoconvert n-threads=1 ! [^!]* ! videoscale method=1 ! capsfilter [^!]*width=852,height=480 ! vp8enc /,
  );
});

test('LD3 two taps down to half the size, and as many as it takes below', () => {
  expect(low({ width: 1920, height: 1080, rate: 30 })).toMatch(/videoconvertscale n-threads=1 method=1 .*width=960,height=540/);
  expect(low({ width: 3840, height: 2160, rate: 30 })).toMatch(/videoconvertscale n-threads=1 method=4 .*width=960,height=540/);
  const quarter = { width: 'width/4', height: 'height/4', gstEncoder: 'vp8enc', showPointer: false };
  expect(built({ ids: ['a'], pipelines: { a: quarter } })[0]!.text).toContain('! videoscale method=4 !');
});

const ranges = (video: Partial<Video>, ids: readonly string[]) => {
  const jobs = new StreamJobs((screen, has) => buildStreams({ ...input(video, screen as typeof SCREEN), has }), silentLog);
  return ids.map((id) => {
    const range = jobs.bitrateRange(id, SCREEN, ids.at(-1));
    return range && [range.floorBps, range.nominalBps, range.ceilingBps];
  });
};

test.each(['vp8', 'vp9', 'av1', 'h264'] as const)('LD2 floor and ceiling of the default ladder in %s', (codec) => {
  const [main, medium, low] = ranges({ codec }, ['main', 'medium', 'low']);
  expect(main).toEqual([1_500_000, 3_000_000, 6_000_000]);
  expect(medium).toEqual([600_000, 1_200_000, 2_400_000]);
  expect(low![0]).toBeCloseTo(100_000, -3);
  expect(low![2]).toBeCloseTo(801_000, -4);
});

test('LD2 an encoder that begins anew with every bitrate is not moved', () => {
  expect(ranges({ codec: 'h265' }, ['main'])).toEqual([[3_000_000, 3_000_000, 3_000_000]]);
});

test('LD2 what somebody wrote is a ceiling, and the lowest rung goes down to a quarter', () => {
  const rung = (kbps: number) => ({ gstEncoder: 'vp8enc', gstParams: { 'target-bitrate': `${kbps}000` }, showPointer: false });
  const pipelines = { hq: rung(2_000), lq: rung(400), quiet: { gstEncoder: 'vp8enc', showPointer: false } };
  expect(ranges({ ids: ['hq', 'quiet', 'lq'], pipelines }, ['hq', 'quiet', 'lq'])).toEqual([
    [1_000_000, 2_000_000, 2_000_000],
    undefined,
    [100_000, 400_000, 400_000],
  ]);
  expect(ranges({ v2: V2 }, ['main'])).toEqual([[325_000, 1_300_000, 1_300_000]]);
});

test('LD2 a bitrate that was set moves no limit, and OpenH264 can reach its ceiling', () => {
  const jobs = new StreamJobs((screen, has) => buildStreams({ ...input({}, screen as typeof SCREEN), has }), silentLog);
  jobs.setBitrate('main', 5_000_000);
  expect(jobs.bitrateRange('main', SCREEN, 'low')).toMatchObject({ nominalBps: 3_000_000, ceilingBps: 6_000_000 });
  const open = defaultEncoder('h264', 3_000_000, (name) => name === 'openh264enc', { ceilingBps: 6_000_000 });
  expect(bitrateRange(open, { mayExceed: true, isLowest: false })?.ceilingBps).toBe(6_000_000);
});

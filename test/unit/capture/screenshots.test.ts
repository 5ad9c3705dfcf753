import { expect, test } from 'vitest';
import { frameImage, ImageDeframer } from '../../../server/capture/screenshots/image-deframer.js';
import {
  SCREENSHOT_IDLE_MS,
  SCREENSHOT_INTERVAL_MS,
  SCREENSHOT_LIMIT_MS,
  Screenshots,
} from '../../../server/capture/screenshots/screenshots.js';
import { SteppedClock } from '../../support/faults/stepped-clock.js';

/** Screenshots on stepped time, with an engine that writes down what it is told. */
function stage() {
  const clock = new SteppedClock();
  const said: string[] = [];
  const engine = {
    start: () => said.push('start'),
    stop: () => said.push('stop'),
    set: (_id: string, [setting]: readonly { readonly value: string }[]) => said.push(`quality ${setting?.value}`),
    picture: () => said.push('picture'),
  };
  const screenshots = new Screenshots(engine, clock);
  const outcomes: string[] = [];
  return {
    clock,
    screenshots,
    outcomes,
    said: () => said.splice(0),
    take(quality: number, name = `${quality}`) {
      void screenshots.take(quality).then((outcome) => outcomes.push(`${name}: ${outcome.ok ? outcome.value : outcome.error}`));
    },
    begin() {
      screenshots.startOrdered();
      screenshots.started();
    },
    image: (text: string) => screenshots.read(frameImage(Buffer.from(text))),
    settled: () => new Promise((resolve) => setImmediate(resolve)),
  };
}

test('Q3 who asks meanwhile shares the next picture of the quality, one picture at a time, ten a second at most', async () => {
  const { take, begin, said, image, clock, outcomes, settled } = stage();
  take(90, 'a');
  expect(said()).toEqual(['start']);
  begin();
  expect(said()).toEqual(['quality 90', 'picture']);
  for (const name of ['b', 'c']) take(90, name);
  take(10, 'd');
  expect(said()).toEqual([]);
  image('first');
  clock.advance(SCREENSHOT_INTERVAL_MS - 1);
  expect(said()).toEqual([]);
  clock.advance(1);
  expect(said()).toEqual(['quality 90', 'picture']);
  image('second');
  clock.advance(SCREENSHOT_INTERVAL_MS);
  expect(said()).toEqual(['quality 10', 'picture']);
  image('third');
  await settled();
  expect(outcomes).toEqual(['a: first', 'b: second', 'c: second', 'd: third']);
});

test('Q4 the encoder ends some seconds after the last picture, and starts again for the next', async () => {
  const { take, begin, said, image, clock } = stage();
  take(90);
  begin();
  image('one');
  said();
  clock.advance(SCREENSHOT_IDLE_MS - 1);
  expect(said()).toEqual([]);
  clock.advance(1);
  expect(said()).toEqual(['stop']);
  clock.advance(60_000);
  expect(said()).toEqual([]);
  take(90);
  expect(said()).toEqual(['start']);
});

test('Q6 a job that starts anew takes the picture for those who still wait', async () => {
  const { take, begin, said, image, clock, outcomes, settled } = stage();
  take(90);
  begin();
  said();
  begin();
  clock.advance(SCREENSHOT_INTERVAL_MS);
  expect(said()).toEqual(['quality 90', 'picture']);
  image('from the next');
  await settled();
  expect(outcomes).toEqual(['90: from the next']);
});

test('Q7 who waits too long gets an error, and the next one another encoder', async () => {
  const { take, begin, said, clock, outcomes, settled } = stage();
  take(90);
  begin();
  said();
  clock.advance(SCREENSHOT_LIMIT_MS);
  await settled();
  expect(outcomes).toEqual(['90: no picture of the screen within 4000 ms']);
  expect(said()).toEqual(['stop']);
  take(90);
  expect(said()).toEqual(['start']);
});

test('Q7 a failure of the job is the error of all who wait, in its words', async () => {
  const { take, begin, said, screenshots, outcomes, settled } = stage();
  take(90);
  take(10);
  begin();
  screenshots.failed('GStreamer has no element "jpegenc"');
  await settled();
  expect(outcomes).toEqual(['90: GStreamer has no element "jpegenc"', '10: GStreamer has no element "jpegenc"']);
  expect(said().at(-1)).toBe('stop');
});

test('images are cut by their lengths, however they come', () => {
  const images = ['', 'a', 'b'.repeat(70_000)].map((text) => Buffer.from(text));
  const framed = Buffer.concat(images.map(frameImage));
  for (const size of [1, 3, 4, 5, 1_000, framed.length]) {
    const deframer = new ImageDeframer();
    const read: Buffer[] = [];
    for (let at = 0; at < framed.length; at += size) read.push(...deframer.read(framed.subarray(at, at + size)));
    expect(read.map(String)).toEqual(images.map(String));
  }
});

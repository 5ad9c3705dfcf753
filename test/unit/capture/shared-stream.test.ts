import { expect, test } from 'vitest';
import { frameRtp, RESTART_MARKER } from '../../../server/capture/streams/rtp-deframer.js';
import { SharedStream } from '../../../server/capture/streams/shared-stream.js';

const PACKETS = [Buffer.from('first'), Buffer.from('second')];

test('V1 a stream is wanted from its first listener to its last', () => {
  const said: string[] = [];
  const engine = {
    start: (id: string) => said.push(`start ${id}`),
    stop: (id: string) => said.push(`stop ${id}`),
    keyframe: (id: string) => said.push(`keyframe ${id}`),
    picture: (id: string) => said.push(`picture ${id}`),
  };
  const stream = new SharedStream({ id: 'main', kind: 'video', codec: 'vp8' }, engine);
  const listener = { packets: () => undefined, restarted: () => undefined };
  stream.requestKeyframe();
  const releases = [stream.listen(listener), stream.listen(listener)];
  stream.requestKeyframe();
  stream.requestPicture();
  for (const release of releases) release();
  expect(said).toEqual(['start main', 'keyframe main', 'picture main', 'stop main']);
});

test('V2 a beginning is told to those who had packets before; half a packet of an earlier run is never joined to a later one', () => {
  const stream = new SharedStream(
    { id: 'main', kind: 'video', codec: 'vp8' },
    { start: () => undefined, stop: () => undefined, keyframe: () => undefined, picture: () => undefined },
  );
  const heard: string[] = [];
  stream.listen({ packets: (batch) => heard.push(...batch.map(String)), restarted: () => heard.push('restarted') });
  const framed = frameRtp(PACKETS);
  stream.startOrdered();
  stream.read(Buffer.concat([RESTART_MARKER, framed]));
  stream.read(framed.subarray(0, framed.length - 2));
  stream.startOrdered();
  stream.read(Buffer.concat([RESTART_MARKER, framed]));
  stream.read(Buffer.concat([RESTART_MARKER, framed]));
  expect(heard).toEqual(['first', 'second', 'first', 'restarted', 'first', 'second', 'restarted', 'first', 'second']);
});

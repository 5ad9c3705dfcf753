import { expect, test } from 'vitest';
import { decodeChannelMessage, encodeInput } from '../../../server/protocol/channel/datachannel.js';
import { ViewingRoom } from './viewing-room.js';

const ALL = { video: 'hq', audio: true };

test('VW5 a viewer is shown the best stream and sound at first, or what it asked for', async () => {
  const room = new ViewingRoom();
  const exact = { type: 'exact', id: 'legacy', bitrate: 0 } as const;
  const viewers = await Promise.all([
    room.join('plain'),
    room.join('other', { video: { selector: exact } }),
    room.join('mute', { audioDisabled: true }),
    room.join('blind', { video: { disabled: true } }),
    room.join('shut', { paused: true }),
  ]);
  expect(viewers.map(({ transport }) => transport.shown)).toEqual([
    [ALL],
    [{ video: 'legacy', audio: true }],
    [{ video: 'hq', audio: false }],
    [{ video: undefined, audio: true }],
    [{ video: undefined, audio: false }],
  ]);
  const reasons = room.lines.filter(([message]) => message === 'viewer is shown').map(([, fields]) => fields);
  expect(reasons).toMatchObject([{ why: 'chosen' }, {}, {}, { why: 'switched-off' }, { why: 'paused' }]);
});

test('VW5 pausing takes everything, and gives back what was chosen meanwhile', async () => {
  const room = new ViewingRoom();
  const viewer = await room.join('one');
  viewer.setPaused(true);
  viewer.setVideo({ selector: { type: 'lower', id: 'hq', bitrate: 0 } });
  viewer.setAudio({ disabled: true });
  expect(new Set(viewer.transport.shown.slice(1).map((shown) => JSON.stringify(shown)))).toEqual(new Set(['{"audio":false}']));
  viewer.setPaused(false);
  expect(viewer.transport.shown.at(-1)).toEqual({ video: 'lq', audio: false });
});

test('VW6 a session hears of changes alone, and an unknown stream is an error that changes nothing', async () => {
  const room = new ViewingRoom();
  const viewer = await room.join('one');
  const named = (id: string) => ({ selector: { type: 'exact', id, bitrate: 0 } as const });
  expect(
    [viewer.setVideo(named('lq')), viewer.setVideo(named('lq')), viewer.setVideo(named('none'))].map(({ ok }) => ok),
  ).toEqual([true, true, false]);
  for (const disabled of [false, true, true]) viewer.setAudio({ disabled });
  viewer.setAudio({});
  expect(room.heard).toEqual(['one video lq', 'one no audio']);
  expect(viewer.video).toEqual({ disabled: false, id: 'lq', video: 'lq', auto: false });
  expect((await room.open('two', { video: named('none') })).ok).toBe(false);
  expect(room.viewers.viewer('two')).toBeUndefined();
});

test('VW8 the picture is held for the sound once the viewer is connected, and let go when there is none', async () => {
  const room = new ViewingRoom();
  const { transport, ...viewer } = await room.join('one').then((one) => ({
    transport: one.transport,
    delay: (ms: number) => one.setSoundDelay(ms),
    audio: (disabled: boolean) => one.setAudio({ disabled }),
  }));
  viewer.delay(100);
  expect(transport.holds, 'what was measured of another connection').toEqual([]);
  transport.connect();
  viewer.delay(100);
  viewer.delay(100);
  viewer.audio(true);
  viewer.delay(100);
  viewer.audio(false);
  for (let report = 0; report < 3; report++) transport.reports(30);
  expect(transport.holds).toEqual([80, 0, 120]);
});

test('VW9 pings are answered, input is passed on, and nonsense is dropped', async () => {
  const room = new ViewingRoom();
  const { transport } = await room.join('one');
  transport.connect();
  transport.says(encodeInput({ kind: 'ping', clientTime: { hi: 1, lo: 2 } }));
  transport.says(encodeInput({ kind: 'move', x: 1, y: 2 }));
  transport.says(Uint8Array.of(77));
  expect(transport.sent.map((message) => decodeChannelMessage(message))).toMatchObject([
    { ok: true, value: { kind: 'pong', clientTime: { hi: 1, lo: 2 } } },
  ]);
  expect(room.heard).toEqual(['one connected', 'one input move']);
});

import { expect, test } from 'vitest';
import { VIEWER_LIMITS } from '../../../server/viewers/limits.js';
import { ViewingRoom } from './viewing-room.js';

test('VW10 a session that asks anew gets another viewer, and hears nothing of the end of the first', async () => {
  const room = new ViewingRoom();
  const first = await room.join('one');
  const second = await room.join('one');
  expect(room.viewers.viewer('one')).toBe(second);
  expect([first.transport.closed, second.transport.closed, room.heard]).toEqual([1, 0, []]);
  first.transport.ends('left', 'late news');
  expect([room.viewers.viewer('one'), room.heard]).toEqual([second, []]);
});

test('VW11 so many are on their way and no more; the oldest of the greediest network gives way, a connected one never', async () => {
  const room = new ViewingRoom();
  const connected = await room.join('connected', { clientAddress: '203.0.113.66' });
  connected.transport.connect();
  await room.join('honest');
  for (let index = 1; index < VIEWER_LIMITS.settingUp.value; index++)
    await room.join(`greedy ${index}`, { clientAddress: '203.0.113.66' });
  expect(room.ends()).toEqual([]);
  await room.join('one more');
  expect(room.ends()).toMatchObject([{ sessionId: 'greedy 1', end: 'gave-way' }]);
  expect(room.heard).toEqual(['connected connected', 'greedy 1 closed']);
});

test('VW11 a session that finds no transport keeps the viewer that it has, and so does everybody else', async () => {
  const room = new ViewingRoom();
  const one = await room.join('one');
  await room.join('two');
  room.isShut = true;
  expect(await room.open('one')).toEqual({ ok: false, error: 'no port' });
  expect([room.heard, room.ends(), room.viewers.viewer('one')]).toEqual([[], [], one]);
});

test.each([
  ['dismissed', ({ viewer }) => viewer.close('dismissed')],
  ['left', ({ viewer }) => viewer.transport.ends('left', 'gone')],
  ['unreachable', ({ viewer }) => viewer.transport.ends('unreachable', 'silence')],
  ['late', ({ viewer }) => viewer.transport.ends('late', '30 s')],
  ['failed', ({ viewer }) => viewer.transport.ends('failed', 'a bug')],
  ['stopped', ({ room }) => room.viewers.close()],
] as const satisfies readonly (readonly [string, (scene: Scene) => void])[])(
  'VW12 the end of a viewer that is %s has that name, comes once, and is told once',
  async (name, act) => {
    const room = new ViewingRoom();
    const viewer = await room.join('one');
    for (let again = 0; again < 2; again++) act({ room, viewer });
    expect(room.ends()).toMatchObject([{ sessionId: 'one', end: name, bytesSent: 300 }]);
    expect([viewer.transport.closed, room.heard, room.viewers.viewer('one')]).toEqual([1, ['one closed'], undefined]);
  },
);

test('an ended viewer is shown nothing and sent nothing any more', async () => {
  const room = new ViewingRoom();
  const viewer = await room.join('one');
  viewer.close('dismissed');
  const told = viewer.transport.shown.length;
  viewer.setPaused(true);
  viewer.setSoundDelay(100);
  room.viewers.pointerMoved({ x: 1, y: 2, by: 'host' });
  expect([viewer.transport.shown.length, viewer.transport.holds, viewer.transport.sent]).toEqual([told, [], []]);
});

interface Scene {
  readonly room: ViewingRoom;
  readonly viewer: Awaited<ReturnType<ViewingRoom['join']>>;
}

test('LD5 viewers of a broken rung are shown the next, are told so, and stay when it works again', async () => {
  const room = new ViewingRoom(['main', 'medium', 'low']);
  const one = await room.join('one');
  await room.join('other', { video: { selector: { type: 'exact', id: 'low', bitrate: 0 } } });
  room.broken.add('main');
  room.viewers.leaveStream('main');
  expect([one.video.id, room.heard]).toEqual(['medium', ['one video medium']]);
  room.broken.delete('main');
  expect(one.video.id).toBe('medium');
  expect((await room.join('late')).video.id).toBe('main');
});

test('LD5 newcomers are not shown a broken rung unless they name it, and nobody is moved when all are broken', async () => {
  const room = new ViewingRoom(['main', 'low']);
  room.broken.add('main');
  expect((await room.join('new')).video.id).toBe('low');
  expect((await room.join('names it', { video: { selector: { type: 'exact', id: 'main', bitrate: 0 } } })).video.id).toBe('main');
  room.broken.add('low');
  room.viewers.leaveStream('low');
  expect(room.viewers.viewer('new')?.video.id).toBe('low');
  expect((await room.join('late')).video.id).toBe('main');
});

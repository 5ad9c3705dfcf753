import { expect, test } from 'vitest';
import { applyEvent, controlOf, displayName, type RoomView } from '../../../client/connection/room-view.js';
import { readMessage } from '../../../client/wire/read-message.js';

/** A `signal/provide` by what the page takes of it. */
function readEvent(text: string) {
  const message = readMessage(text);
  if (message?.event !== 'signal/provide') return message;
  return { ...message, payload: undefined, sdp: message.payload.sdp, iceServers: message.payload.iceservers };
}

const profile = {
  name: 'alice',
  is_admin: false,
  can_login: true,
  can_connect: true,
  can_watch: true,
  can_host: true,
  can_share_media: true,
  can_access_clipboard: true,
  sends_inactive_cursor: true,
  can_see_inactive_cursors: false,
  plugins: null,
};
const settings = {
  private_mode: false,
  locked_logins: false,
  locked_controls: false,
  control_protection: false,
  implicit_hosting: false,
  inactive_cursors: false,
  merciful_reconnect: true,
  heartbeat_interval: 10,
  plugins: null,
};
const init = {
  event: 'system/init',
  payload: {
    session_id: 'alice-1',
    control_host: { id: '', has_host: true, host_id: 'bob-2' },
    screen_size: { width: 1280, height: 720, rate: 30 },
    sessions: {
      'alice-1': { id: 'alice-1', profile, state: { is_connected: true, is_watching: false } },
      'bob-2': {
        id: 'bob-2',
        profile: { ...profile, name: 'bob', is_admin: true },
        state: { is_connected: true, is_watching: true },
      },
    },
    settings,
    touch_events: true,
    screencast_enabled: false,
    webrtc: { videos: ['main'] },
  },
};

function roomAfter(...messages: object[]): RoomView {
  let view: RoomView | null = null;
  for (const message of [init, ...messages]) {
    const event = readMessage(JSON.stringify(message));
    expect(event).not.toBeNull();
    if (event) view = applyEvent(view, event);
  }
  if (!view) throw new Error('no room');
  return view;
}

const host = (id: string | null) => ({
  event: 'control/host',
  payload: { id: id ?? '', has_host: id !== null, ...(id === null ? {} : { host_id: id }) },
});
const change = (part: object) => ({ event: 'system/settings', payload: { id: 'bob-2', ...settings, ...part } });
const promote = { event: 'session/profile', payload: { id: 'alice-1', ...profile, is_admin: true } };
const forbid = { event: 'session/profile', payload: { id: 'alice-1', ...profile, can_host: false } };

test.each([
  ['with another host one may ask', [], 'others'],
  ['without a host one may take', [host(null)], 'free'],
  ['the host has it', [host('alice-1')], 'mine'],
  ['with implicit hosting one may always take', [change({ implicit_hosting: true })], 'free'],
  ['locked controls stop everyone', [change({ locked_controls: true }), host(null)], 'locked'],
  ['but not admins', [change({ locked_controls: true }), host(null), promote], 'free'],
  ['nor the host', [change({ locked_controls: true }), host('alice-1')], 'mine'],
  ['private mode stops everyone', [change({ private_mode: true }), host(null)], 'forbidden'],
  ['a profile may forbid it', [forbid, host(null)], 'forbidden'],
] as const)('%s', (_rule, messages, control) => {
  expect(controlOf(roomAfter(...messages))).toBe(control);
});

test('people come, change their names, disconnect and leave', () => {
  const carol = { id: 'carol-3', profile: { ...profile, name: ' ' }, state: { is_connected: false, is_watching: false } };
  const joined = roomAfter(
    { event: 'session/created', payload: carol },
    { event: 'session/state', payload: { id: 'carol-3', is_connected: true, is_watching: true } },
  );
  expect(joined.people.get('carol-3')).toMatchObject({ isConnected: true, isWatching: true });
  expect(displayName(joined.people.get('carol-3'))).toBe('carol-3');
  expect(displayName({ ...joined.people.get('carol-3')!, name: '\u200b\u2060' })).toBe('carol-3');
  expect(displayName(undefined)).toBe('Guest');
  expect(roomAfter({ event: 'session/deleted', payload: { id: 'bob-2' } }).people.has('bob-2')).toBe(false);
});

test('requests for control are kept once each, until answered by a change of host or withdrawn by leaving', () => {
  const ask = { event: 'control/request', payload: { id: 'bob-2' } };
  expect(roomAfter(host('alice-1'), ask, ask).askers).toEqual(['bob-2']);
  expect(roomAfter(host('alice-1'), ask, host('bob-2')).askers).toEqual([]);
  expect(
    roomAfter(host('alice-1'), ask, { event: 'session/state', payload: { id: 'bob-2', is_connected: false, is_watching: false } })
      .askers,
  ).toEqual([]);
});

test('screen sizes are sorted, largest first', () => {
  const sizes = [
    { width: 800, height: 600, rate: 30 },
    { width: 1920, height: 1080, rate: 30 },
    { width: 1920, height: 1080, rate: 60 },
  ];
  const view = roomAfter({
    event: 'system/admin',
    payload: { screen_sizes_list: sizes, broadcast_status: { is_active: false } },
  });
  expect(view.sizes.map(({ width, rate }) => `${width}@${rate}`)).toEqual(['1920@60', '1920@30', '800@30']);
});

test.each([
  ['not JSON', 'x'],
  ['an array', '[]'],
  ['no event', '{}'],
  ['an event of a plugin', '{"event":"chat/init","payload":{"enabled":true}}'],
  ['an event named like a property of every object', '{"event":"toString","payload":{}}'],
  ['a system/init without a session', '{"event":"system/init","payload":{}}'],
])('%s is ignored', (_name, text) => {
  expect(readEvent(text)).toBeNull();
});

test('a signal/provide is read with one URL, several URLs and credentials', () => {
  const iceservers = [{ urls: ['stun:a', 'stun:b'] }, { urls: 'turn:c', username: 'u', credential: 'p' }, { urls: [] }, 7];
  expect(readEvent(JSON.stringify({ event: 'signal/provide', payload: { sdp: 'v=0', iceservers } }))).toEqual({
    event: 'signal/provide',
    sdp: 'v=0',
    iceServers: [{ urls: ['stun:a', 'stun:b'] }, { urls: ['turn:c'], username: 'u', credential: 'p' }],
  });
});

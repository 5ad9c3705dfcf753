import { expect, test } from 'vitest';
import { decodeEnvelope, decodePayload, encodeEnvelope } from '../../../server/protocol/events/envelope.js';
import type { ServerMessage } from '../../../server/protocol/events/events.js';
import { SignalRequest } from '../../../server/protocol/events/signal.js';
import { decodeServerMessage } from '../../support/server-message.js';

const encodeServerMessage = (message: ServerMessage) => encodeEnvelope(message);

test.each(['', '{nope', '[1,2]', '"control/request"', 'null', '5', '{"payload":{}}', '{"event":5}', '{"event":""}'])(
  'E1 the frame %j is refused',
  (frame) => {
    expect(decodeEnvelope(frame).ok).toBe(false);
  },
);

test('E1 names of the envelope match without case, what is beside them is dropped', () => {
  expect(decodeEnvelope('{"EVENT":"a/b","Payload":{"x":1},"extra":1}')).toEqual({
    ok: true,
    value: { event: 'a/b', payload: { x: 1 } },
  });
});

test('E2 a missing payload is refused, null and {} are defaults', () => {
  const defaults = { ok: true, value: { video: {}, audio: {} } };
  const payloads = ['{"event":"e"}', '{"event":"e","payload":null}', '{"event":"e","payload":{}}'].map((frame) => {
    const envelope = decodeEnvelope(frame);
    return decodePayload(SignalRequest, envelope.ok ? envelope.value.payload : undefined);
  });
  expect(payloads).toEqual([{ ok: false, error: 'payload is missing' }, defaults, defaults]);
});

test.each<[ServerMessage, string]>([
  [{ event: 'system/heartbeat' }, '{"event":"system/heartbeat"}'],
  [{ event: 'signal/close', payload: null }, '{"event":"signal/close","payload":null}'],
  [
    { event: 'system/disconnect', payload: { message: 'session deleted' } },
    '{"event":"system/disconnect","payload":{"message":"session deleted"}}',
  ],
  [{ event: 'session/cursors', payload: [] }, '{"event":"session/cursors","payload":[]}'],
  [
    { event: 'control/host', payload: { id: 'a', has_host: false } },
    '{"event":"control/host","payload":{"id":"a","has_host":false}}',
  ],
])('E3 %j on the wire', (message, wire) => {
  expect(encodeServerMessage(message)).toBe(wire);
});

test('E3 a client event without payload has no payload key', () => {
  expect(encodeEnvelope({ event: 'control/request' })).toBe('{"event":"control/request"}');
});

test.each(['session/watch', 'toString', '__proto__', 'constructor'])('E4 %s is no event', (event) => {
  expect(decodeServerMessage(encodeEnvelope({ event, payload: {} }))).toEqual({ ok: false, error: `unknown event ${event}` });
});

test('E4 a payload of another shape is refused by name', () => {
  const result = decodeServerMessage('{"event":"control/host","payload":{"has_host":"yes"}}');
  expect(result.ok ? '' : result.error).toMatch(/^control\/host: \/has_host/);
});

const profile = {
  name: 'alice',
  is_admin: true,
  can_login: true,
  can_connect: true,
  can_watch: true,
  can_host: true,
  can_share_media: true,
  can_access_clipboard: true,
  sends_inactive_cursor: true,
  can_see_inactive_cursors: true,
  plugins: { 'chat.can_send': false },
};
const state = { is_connected: true, connected_since: '2026-01-02T03:04:05.678Z', is_watching: false };
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
const video = { disabled: false, id: 'main', video: 'main', auto: false };

test.each<ServerMessage>([
  {
    event: 'system/init',
    payload: {
      session_id: 'a',
      control_host: { id: '', has_host: true, host_id: 'b' },
      screen_size: { width: 1280, height: 720, rate: 30 },
      sessions: { a: { id: 'a', profile, state } },
      settings,
      touch_events: true,
      screencast_enabled: false,
      webrtc: { videos: ['main'] },
    },
  },
  {
    event: 'system/admin',
    payload: { screen_sizes_list: [{ width: 8, height: 8, rate: 30 }], broadcast_status: { is_active: false } },
  },
  { event: 'system/settings', payload: { id: 'a', ...settings } },
  { event: 'system/heartbeat' },
  { event: 'session/created', payload: { id: 'a', profile, state } },
  { event: 'session/profile', payload: { id: 'a', ...profile } },
  { event: 'session/state', payload: { id: 'a', ...state } },
  { event: 'session/cursors', payload: [{ id: 'a', cursors: [{ x: 1, y: 2 }] }] },
  {
    event: 'signal/provide',
    payload: { sdp: 'v=0', iceservers: [{ urls: ['stun:192.0.2.1'] }], video, audio: { disabled: false } },
  },
  { event: 'signal/candidate', payload: { candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0, usernameFragment: null } },
  { event: 'signal/close', payload: null },
  { event: 'screen/updated', payload: { id: 'a', width: 800, height: 600, rate: 60 } },
  { event: 'clipboard/updated', payload: { text: 'ä\n€' } },
  { event: 'send/unicast', payload: { sender: 'a', receiver: 'b', subject: 's', body: [null, { x: 1 }] } },
])('E5 $event reads back as it was written', (message) => {
  expect(decodeServerMessage(encodeServerMessage(message))).toEqual({ ok: true, value: message });
});

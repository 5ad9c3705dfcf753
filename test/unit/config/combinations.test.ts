import { expect, test } from 'vitest';
import { loaded, refusal } from './load-given.js';

const RANGE = { min: 59_000, max: 59_100 };

test.each([
  [{}, { epr: RANGE, udpmux: undefined, tcpmux: undefined }],
  [{ NEKO_WEBRTC_EPR: '1000-1010' }, { epr: { min: 1000, max: 1010 } }],
  [{ NEKO_WEBRTC_EPR: '1000' }, { epr: { min: 1000, max: 1000 } }],
  [
    { NEKO_WEBRTC_EPR: '1000-1010', NEKO_WEBRTC_UDPMUX: '5000' },
    { epr: undefined, udpmux: 5000 },
  ],
  [{ NEKO_WEBRTC_TCPMUX: '5000' }, { epr: undefined, udpmux: undefined, tcpmux: 5000 }],
  [
    { NEKO_WEBRTC_EPR: '1000-1010', NEKO_WEBRTC_TCPMUX: '5000' },
    { epr: { min: 1000, max: 1010 }, tcpmux: 5000 },
  ],
  [
    { NEKO_WEBRTC_UDPMUX: '5000', NEKO_WEBRTC_TCPMUX: '5000', NEKO_SERVER_BIND: ':5000' },
    { epr: undefined, udpmux: 5000, tcpmux: 5000 },
  ],
  [{ NEKO_WEBRTC_UDPMUX: '0' }, { epr: RANGE, udpmux: undefined }],
  [{ NEKO_TCPMUX: '8081' }, { epr: RANGE, tcpmux: 8081 }],
])('CF7 ports: %o', (env, webrtc) => {
  expect(loaded({ env }).config.webrtc).toMatchObject(webrtc);
});

const TURN = '[{"urls":["turn:t.example"],"username":"u","credential":"geheim"}]';

test.each([
  [{ NEKO_SERVER_CERT: 'a.pem' }, 'server.key: not set, but server.cert is'],
  [{ NEKO_SERVER_KEY: 'a.pem' }, 'server.cert: not set, but server.key is'],
  [{ NEKO_MEMBER_PROVIDER: 'file' }, 'member.file.path: not set'],
  [{ NEKO_WEBRTC_TURN_SECRET: 'geheim' }, 'webrtc.turn.secret: set, but no ICE server has a turn: or turns: URL'],
  [{ NEKO_WEBRTC_UDPMUX: '3478', NEKO_WEBRTC_STUN_BIND: ':3478' }, 'UDP port 3478 is used twice'],
  [{ NEKO_WEBRTC_EPR: '3000-4000', STUN_PORT: '3478' }, 'UDP port 3478 is used twice'],
  [
    { NEKO_CAPTURE_VIDEO_IDS: 'hq lq', NEKO_CAPTURE_VIDEO_PIPELINES: '{"hq":{"gst_encoder":"x"}}' },
    'no pipeline for lq; there are hq',
  ],
  [
    { NEKO_CAPTURE_VIDEO_PIPELINES: '{"1080":{"gst_encoder":"x"},"720":{"gst_encoder":"x"}}' },
    'streams named by numbers need capture.video.ids',
  ],
])('%o cannot work', (env, message) => {
  const text = refusal({ env });
  expect(text).toContain(message);
  expect(text).not.toContain('geheim');
});

test('every error is reported at once', () => {
  const text = refusal({ env: { NEKO_SERVER_BIND: 'x', NEKO_WEBRTC_EPR: 'y' }, argv: ['--nonsense'] });
  expect(text.split('\n')).toHaveLength(3);
});

test('a shared secret takes the place of credentials', () => {
  const env = { NEKO_WEBRTC_TURN_SECRET: 's', NEKO_WEBRTC_TURN_TTL: '1h', NEKO_WEBRTC_ICESERVERS: '[{"urls":"turn:t.example"}]' };
  expect(loaded({ env }).config.webrtc.turn).toEqual({ secret: 's', ttlSec: 3600 });
});

test('CF8 ICE-lite uses no shared servers itself', () => {
  const env = { NEKO_WEBRTC_ICELITE: '1', NEKO_WEBRTC_ICESERVERS: TURN };
  const { frontend, backend } = loaded({ env }).config.webrtc.iceServers;
  expect([frontend.length, backend.length]).toEqual([1, 0]);
});

test.each([
  [{}, { ids: ['main', 'medium', 'low'], codec: 'vp8' }],
  [{ NEKO_CAPTURE_VIDEO_CODEC: 'H264' }, { ids: ['main', 'medium', 'low'], codec: 'h264', pipelines: {} }],
  [{ NEKO_CAPTURE_VIDEO_IDS: 'Low,main' }, { ids: ['low', 'main'] }],
  [{ NEKO_CAPTURE_VIDEO_PIPELINE: 'a ! appsink name=appsink' }, { ids: ['main'] }],
  [{ NEKO_CAPTURE_VIDEO_PIPELINE: 'a', NEKO_CAPTURE_VIDEO_IDS: 'hq' }, { ids: ['main'] }],
  [{ NEKO_VIDEO_BITRATE: '2000' }, { ids: ['main'] }],
  [{ NEKO_CAPTURE_VIDEO_PIPELINES: '{"b":{"gst_encoder":"x"},"a":{"gst_encoder":"x"}}' }, { ids: ['b', 'a'] }],
  [
    { NEKO_CAPTURE_VIDEO_IDS: 'HQ', NEKO_CAPTURE_VIDEO_PIPELINES: '{"hq":{"gst_encoder":"x"}}' },
    { ids: ['HQ'], pipelines: { HQ: {} } },
  ],
])('CF9 streams: %o', (env, video) => {
  expect(loaded({ env }).config.capture.video).toMatchObject(video);
});

test.each([
  [{ DISPLAY: ':7' }, ':7', ':7'],
  [{ DISPLAY: ':7', NEKO_DESKTOP_DISPLAY: ':8' }, ':8', ':7'],
  [{ NEKO_DESKTOP_DISPLAY: ':8' }, ':8', ':8'],
])('displays: %o', (env, desktop, capture) => {
  const { config } = loaded({ env });
  expect([config.desktop.display, config.capture.video.display]).toEqual([desktop, capture]);
});

test('CF10 control protection locks the controls at start', () => {
  expect(loaded({ env: { NEKO_SESSION_CONTROL_PROTECTION: '1' } }).config.session.lockedControls).toBe(true);
});

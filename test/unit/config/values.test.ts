import { expect, test } from 'vitest';
import type { Config } from '../../../server/config/config.js';
import { loaded, refusal } from './load-given.js';

const read = (name: string, value: string): Config => loaded({ env: { [name]: value } }).config;

test.each([
  ...['true', '1', 'yes', 'ON', 't'].map((word) => [word, true] as const),
  ...['false', '0', 'no', 'Off', 'F'].map((word) => [word, false] as const),
])('boolean %s', (word, expected) => {
  expect(read('NEKO_SESSION_PRIVATE_MODE', word).session.privateMode).toBe(expected);
});

test.each([
  ['24h', 86_400_000],
  ['1h30m', 5_400_000],
  ['1.5s', 1_500],
  ['500ms', 500],
  ['2us', 0.002],
])('duration %s', (word, ms) => {
  expect(read('NEKO_SESSION_COOKIE_EXPIRATION', word).session.cookie.expirationMs).toBeCloseTo(ms);
});

test.each([
  ['10', 10],
  ['0x10', 16],
  ['010', 8],
  ['1_000', 1000],
  ['-1', -1],
])('whole number %s', (word, value) => {
  expect(read('NEKO_SESSION_HEARTBEAT_INTERVAL', word).session.heartbeatIntervalSec).toBe(value);
});

test.each([
  [':8080', { host: '', port: 8080 }],
  ['0.0.0.0:0', { host: '0.0.0.0', port: 0 }],
  ['[::1]:80', { host: '::1', port: 80 }],
  ['localhost:80', { host: 'localhost', port: 80 }],
])('address %s', (word, bind) => {
  expect(read('NEKO_SERVER_BIND', word).server.bind).toEqual(bind);
});

test.each([
  ['203.0.113.7 192.168.1.5', ['203.0.113.7', '192.168.1.5']],
  ['203.0.113.7,192.168.1.5', ['203.0.113.7', '192.168.1.5']],
  ['203.0.113.7/10.0.0.2', ['203.0.113.7/10.0.0.2']],
  ['home.example,\n2001:db8::1', ['home.example', '2001:db8::1']],
])('lists take blanks and commas: %j', (word, entries) => {
  const { nat1to1 } = read('NEKO_WEBRTC_NAT1TO1', word).webrtc;
  expect(nat1to1.map(({ external, local }) => (local === undefined ? external : `${external}/${local}`))).toEqual(entries);
});

test('static candidates keep their order', () => {
  expect(read('NEKO_WEBRTC_CANDIDATES', '203.0.113.7:8555 stun:8555,[2001:db8::1]:1 home.example:2').webrtc.candidates).toEqual([
    { kind: 'address', host: '203.0.113.7', port: 8555 },
    { kind: 'stun', port: 8555 },
    { kind: 'address', host: '2001:db8::1', port: 1 },
    { kind: 'address', host: 'home.example', port: 2 },
  ]);
});

test.each([
  ['neko/', '/neko'],
  ['/', '/'],
  ['//a//./b/../c/', '/a/c'],
])('path prefix %s', (word, prefix) => {
  expect(read('NEKO_SERVER_PATH_PREFIX', word).server.pathPrefix).toBe(prefix);
});

test.each([
  ['NEKO_SESSION_IMPLICIT_HOSTING', 'maybe', '"maybe" is refused: not a boolean. Allowed: true/false, 1/0, yes/no, on/off'],
  ['NEKO_SESSION_COOKIE_EXPIRATION', '3600', 'a duration needs a unit'],
  ['NEKO_SESSION_COOKIE_EXPIRATION', '5 parsecs', 'not a duration'],
  ['NEKO_WEBRTC_ESTIMATOR_READ_INTERVAL', '0', 'too short'],
  ['NEKO_SESSION_HEARTBEAT_INTERVAL', '10.9', 'not a whole number'],
  ['NEKO_WEBRTC_TCPMUX', '70000', 'no such port'],
  ['NEKO_DESKTOP_SCREEN', 'large', 'not a screen size. Allowed: WIDTHxHEIGHT@RATE'],
  ['NEKO_CAPTURE_VIDEO_CODEC', 'mpeg2', 'unknown. Allowed: vp8, vp9, av1, h264, h265'],
  ['NEKO_MEMBER_PROVIDER', 'ldap', 'unknown. Allowed: multiuser, object, file, noauth'],
  ['NEKO_SERVER_BIND', '::1:8080', 'an IPv6 address needs brackets'],
  ['NEKO_SERVER_BIND', '8080', 'the port is missing'],
  ['NEKO_SERVER_CORS', 'example.org', 'not an origin'],
  ['NEKO_WEBRTC_EPR', '52100-52000', 'the range is reversed, 52000-52100 was probably meant'],
  ['NEKO_WEBRTC_EPR', '5x', 'not a port range'],
  ['NEKO_WEBRTC_EPR', '1-70000', 'no such port'],
  ['NEKO_WEBRTC_NAT1TO1', '203.0.113.300', 'not an address'],
  ['NEKO_WEBRTC_CANDIDATES', '2001:db8::1', 'an IPv6 address needs brackets'],
  ['NEKO_WEBRTC_CANDIDATES', 'home.example', 'the port is missing'],
  ['NEKO_WEBRTC_FILTERS_NETWORKS', 'udp5', 'unknown. Allowed: a list, separated by blanks or commas, of: udp4, udp6, tcp4, tcp6'],
  ['NEKO_WEBRTC_ICESERVERS', '[{"url":"stun:a"}]', 'entry 1: urls is missing'],
  ['NEKO_WEBRTC_ICESERVERS', 'stun:a', 'neither a JSON object nor a JSON list'],
  ['NEKO_CAPTURE_VIDEO_PIPELINES', '{"hq":{"fps":"25"}}', 'hq: gst_encoder or gst_pipeline is needed'],
  ['NEKO_MEMBER_MULTIUSER_USER_PROFILE', '{"can_host":"perhaps"}', 'can_host: not a boolean'],
])('%s=%s is refused', (name, value, message) => {
  const text = refusal({ env: { [name]: value } });
  expect(text).toContain(`${name}: `);
  expect(text).toContain(message);
});

test('CF6 JSON fields match without regard to case and read leniently', () => {
  const { pipelines } = read(
    'NEKO_CAPTURE_VIDEO_PIPELINES',
    ' {"hq":{"FPS":25,"width":"width*2/3","gst_encoder":"x264enc","gst_params":{"bitrate":4096,"empty":""},"show_pointer":1}} ',
  ).capture.video;
  expect(pipelines).toEqual({
    hq: { fps: '25', width: 'width*2/3', gstEncoder: 'x264enc', gstParams: { bitrate: '4096' }, showPointer: true },
  });
});

test('ICE URLs of every scheme, with placeholders and transports', () => {
  const urls = [
    'stun:a',
    'stuns:b:5349',
    'turn:{{public_ip}}:3478?transport=tcp',
    'turns:[2001:db8::1]:5349',
    'turn:{{ private_ip }}',
  ];
  const json = JSON.stringify([{ urls, username: 'u', credential: 'c' }]);
  expect(read('NEKO_WEBRTC_ICESERVERS_FRONTEND', json).webrtc.iceServers).toEqual({
    frontend: [{ urls, username: 'u', credential: 'c' }],
    backend: [],
  });
});

test('an entry of capture.video.pipelines may be the bare description', () => {
  const text = 'videotestsrc ! vp8enc ! appsink name=appsink';
  const expected = { hq: { gstPipeline: text, showPointer: false }, lq: { gstEncoder: 'x', showPointer: false } };
  const json = JSON.stringify({ hq: ` ${text}\n`, lq: '{"gst_encoder":"x"}' });
  expect(read('NEKO_CAPTURE_VIDEO_PIPELINES', json).capture.video).toMatchObject({ ids: ['hq', 'lq'], pipelines: expected });
  const yaml = `capture: {video: {pipelines: {hq: "${text}", lq: {gst_encoder: x}}}}`;
  expect(loaded({ files: { 'neko.yaml': yaml } }).config.capture.video.pipelines).toEqual(expected);
  expect(refusal({ env: { NEKO_CAPTURE_VIDEO_PIPELINES: '{"hq":""}' } })).toContain('hq: gst_encoder or gst_pipeline is needed');
  expect(refusal({ env: { NEKO_CAPTURE_VIDEO_PIPELINES: '{"hq":5}' } })).toContain('hq: neither an object nor a GStreamer');
});

test.each(['\\ud800evil', ' ', '\\u200b', '..', 'a\\nb', 'x'.repeat(129)])(
  'an account called "%s" is refused at the start, and so is such a name of a profile',
  (name) => {
    const env = { NEKO_MEMBER_OBJECT_USERS: `[{"username":"${name}","password":"geheim"}]` };
    expect(refusal({ env })).toMatch(/NEKO_MEMBER_OBJECT_USERS.*(a name is one line|username cannot be)/s);
    const named = { NEKO_MEMBER_MULTIUSER_USER_PROFILE: `{"name":"${name}"}` };
    if (name !== '..') expect(refusal({ env: named })).toMatch(/NEKO_MEMBER_MULTIUSER_USER_PROFILE.*a name is one line/s);
  },
);

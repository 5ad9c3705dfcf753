import { expect, test } from 'vitest';
import { loaded, refusal } from './load-given.js';

test.each([
  ['nested YAML', { 'neko.yaml': 'desktop:\n  screen: 800x600@25\n' }],
  ['dotted YAML', { 'neko.yml': 'desktop.screen: 800x600@25\n' }],
  ['any case', { 'neko.yaml': 'Desktop:\n  SCREEN: 800x600@25\n' }],
  ['JSON', { 'neko.json': '{"desktop":{"screen":"800x600@25"}}' }],
  ['TOML', { 'neko.toml': '[desktop]\nscreen = "800x600@25"\n' }],
  ['v2 key', { 'neko.yaml': 'screen: 800x600@25\n' }],
  ['dotenv, v2 key', { 'neko.env': 'screen="800x600@25" # small\n' }],
  [
    '/etc/neko before the working directory',
    { '/etc/neko/neko.env': 'screen=800x600@25', 'neko.json': '{"desktop.screen":"1x1@1"}' },
  ],
  ['JSON before YAML', { 'neko.json': '{"desktop.screen":"800x600@25"}', 'neko.yaml': 'desktop.screen: 1x1@1' }],
])('CF3, CF4 %s', (_title, files) => {
  expect(loaded({ files }).config.desktop.screen).toEqual({ width: 800, height: 600, rate: 25 });
});

test('CF4 the longest dotted prefix wins, null is not set, an empty text is', () => {
  const yaml = 'server:\n  static: nested\nserver.static: dotted\nsession.cookie.name: null\nwebrtc:\n  ip_retrieval_url: ""\n';
  const { config } = loaded({ files: { 'neko.yaml': yaml } });
  expect(config.server.static).toBe('dotted');
  expect(config.session.cookie.name).toBe('NEKO_SESSION');
  expect(config.webrtc.ipRetrievalUrl).toBeUndefined();
});

test.each([
  [{ env: { NEKO_CONFIG: 'gone.yaml' } }, 'gone.yaml: there is no such configuration file'],
  [{ argv: ['--config', 'neko'], files: { neko: '' } }, 'neko: configuration files end in json, toml, yaml'],
  [{ files: { 'neko.hcl': 'x' } }, 'neko.hcl: configuration files end in'],
  [{ files: { 'neko.yaml': 'a: [' } }, 'neko.yaml: the file cannot be decoded'],
  [
    { files: { 'neko.json': '{"member":{"multiuser":{"user_password":"geheim",}}}' } },
    'neko.json: the file cannot be decoded (not valid JSON',
  ],
  [{ files: { 'neko.yaml': '- list\n' } }, 'neko.yaml: the file must hold settings by name'],
  [
    { files: { 'neko.yaml': 'server:\n  bind: nowhere\n' } },
    'server.bind in neko.yaml: "nowhere" is refused: the port is missing',
  ],
])('CF3 %o stops the start', (given, message) => {
  const text = refusal(given);
  expect(text).toContain(message);
  expect(text).not.toContain('geheim');
});

test('an unknown entry is a warning, plug-in names and stream ids are not', () => {
  const yaml = [
    'sesion: {file: x}',
    'server: {bnd: ":1"}',
    'member: {multiuser: {user_profile: {can_host: no, plugins: {chat.can_send: false}}}}',
    'capture: {video: {ids: [HQ], pipelines: {HQ: {gst_encoder: vp8enc, gst_params: {Threads: 4}}}}}',
  ].join('\n');
  const { warnings, config } = loaded({ files: { 'neko.yaml': yaml } });
  expect(warnings).toEqual([
    'sesion in neko.yaml: unknown setting (did you mean session?), it has no effect.',
    'server.bnd in neko.yaml: unknown setting (did you mean server.bind?), it has no effect.',
  ]);
  expect(config.member.multiuser.userProfile).toEqual({ can_host: false, plugins: { 'chat.can_send': false } });
  expect(config.capture.video).toMatchObject({
    ids: ['HQ'],
    pipelines: { HQ: { gstEncoder: 'vp8enc', gstParams: { threads: '4' } } },
  });
});

test('CF5, CF8 a shared server list in the environment hides both lists of the file', () => {
  const files = { 'neko.yaml': 'webrtc:\n  iceservers:\n    frontend: [{urls: stun:file.example}]\n    backend: []\n' };
  expect(loaded({ files }).config.webrtc.iceServers).toEqual({ frontend: [{ urls: ['stun:file.example'] }], backend: [] });
  const env = { NEKO_WEBRTC_ICESERVERS: ' [{"urls":["stun:env.example"]}] ' };
  const shared = [{ urls: ['stun:env.example'] }];
  expect(loaded({ files, env }).config.webrtc.iceServers).toEqual({ frontend: shared, backend: shared });
});

import { expect, test } from 'vitest';
import { NEVER, NOT_YET } from '../../../server/config/effect.js';
import { renderEffectiveConfig } from '../../../server/config/effective.js';
import { renderSettingsReference } from '../../../server/config/reference.js';
import { KEYS } from '../../../server/config/schema.js';
import { loaded, refusal } from './load-given.js';

const SERVERS = '[{"urls":"turn:t.example","username":"u","credential":"geheim"}]';

test('the effective configuration names every key and its origin, and no secret', () => {
  const text = renderEffectiveConfig(
    loaded({
      argv: ['--server.proxy'],
      env: {
        NEKO_MEMBER_MULTIUSER_USER_PASSWORD: 'geheim',
        NEKO_PASSWORD_ADMIN: 'geheim',
        NEKO_SESSION_API_TOKEN: 'geheim',
        NEKO_WEBRTC_ICESERVERS: SERVERS,
        NEKO_WEBRTC_TURN_SECRET: 'geheim',
        NEKO_WEBRTC_IP_RETRIEVAL_URL: 'https://ip.example/?key=geheim',
        NEKO_CAPTURE_BROADCAST_URL: 'rtmp://me:geheim@live.example/app/geheim',
        NEKO_MEMBER_OBJECT_USERS: '[{"username":"ann","password":"geheim"}]',
      },
      files: { 'neko.yaml': 'session: {file: s.json}' },
    }),
  );
  for (const { path } of KEYS) expect(text).toMatch(new RegExp(`^${path.replaceAll('.', '\\.')} +=`, 'm'));
  expect(text).not.toContain('geheim');
  expect(text).toMatch(/^server\.proxy +=.* true {2}# flag --server\.proxy$/m);
  expect(text).toMatch(/^session\.file +=.* s\.json {2}# file neko\.yaml/m);
  expect(text).toMatch(/^member\.multiuser\.user_password += \(hidden\) {2}# env NEKO_MEMBER_MULTIUSER_USER_PASSWORD$/m);
  expect(text).toMatch(/^webrtc\.iceservers += .*"credential":"\(hidden\)".*# env NEKO_WEBRTC_ICESERVERS$/m);
  expect(text).toMatch(/^capture\.broadcast\.url += rtmp:\/\/live\.example\/\(hidden\)/m);
  expect(text).toMatch(/^webrtc\.epr += 59000-59100 {2}# default$/m);
});

test('no error shows a secret', () => {
  const text = refusal({
    env: {
      NEKO_WEBRTC_ICESERVERS: '[{"urls":"turn:t.example","credential":"geheim"',
      NEKO_MEMBER_OBJECT_USERS: '[{"username":"ann","password":["geheim"]}]',
      NEKO_ICESERVERS: '["geheim"]',
    },
  });
  expect(text).not.toContain('geheim');
  expect(text).toContain('NEKO_MEMBER_OBJECT_USERS: the value is refused');
});

test('the reference has every key with its variable and default, and says what has no effect', () => {
  const text = renderSettingsReference();
  for (const { path, env } of KEYS) expect(text).toContain(`| \`${path}\` | \`${env}\``);
  expect(text).toContain('`NEKO_WEBRTC_UDPMUX`, `WEBRTC_PORT`');
  for (const entry of [...NOT_YET, ...NEVER]) {
    const named = KEYS.filter(({ path }) => path === entry || path.startsWith(`${entry}.`));
    expect(named, entry).not.toHaveLength(0);
    for (const { path } of named) expect(text).toMatch(new RegExp(`^\\| \`${path}\`.*without effect`, 'm'));
  }
});

/** The keys of neko v3 by group, `config` apart, and ours at the end. */
const SPECIFIED = {
  '': 'debug legacy',
  log: 'level time json nocolor dir',
  server: 'bind cert key proxy static path_prefix pprof metrics cors',
  session:
    'file private_mode locked_logins locked_controls control_protection implicit_hosting inactive_cursors merciful_reconnect heartbeat_interval api_token',
  'session.cookie': 'enabled name expiration secure http_only domain path',
  member: 'provider file.path file.hash object.users',
  'member.multiuser': 'user_password admin_password user_profile admin_profile',
  desktop: 'display screen input.enabled input.socket unminimize upload_drop file_chooser_dialog',
  capture: 'audio.device audio.codec audio.pipeline video.display video.codec video.ids video.pipelines video.pipeline',
  'capture.broadcast': 'audio_bitrate video_bitrate preset pipeline url autostart',
  'capture.screencast': 'enabled rate quality pipeline',
  'capture.webcam': 'enabled device width height',
  'capture.microphone': 'enabled device',
  webrtc: 'icelite icetrickle iceservers.frontend iceservers.backend iceservers epr tcpmux udpmux nat1to1 ip_retrieval_url',
  'webrtc.estimator':
    'enabled passive debug initial_bitrate read_interval stable_duration unstable_duration stalled_duration downgrade_backoff upgrade_backoff diff_threshold',
  plugins: 'enabled dir required',
  chat: 'enabled',
  filetransfer: 'enabled dir refresh_interval user_download user_upload user_delete',
  openinapp: 'enabled open_command',
};
const OURS =
  'server.trusted_proxies server.frame_ancestors session.idle_timeout session.lifetime webrtc.turn.secret webrtc.turn.ttl webrtc.candidates webrtc.filters.ips webrtc.filters.interfaces webrtc.filters.networks webrtc.filters.loopback webrtc.filters.candidates webrtc.stun_bind';

test('CF15 the schema holds exactly the keys of neko and ours', () => {
  const specified = Object.entries(SPECIFIED).flatMap(([group, names]) =>
    names.split(' ').map((name) => (group === '' ? name : `${group}.${name}`)),
  );
  expect(KEYS.map(({ path }) => path).sort()).toEqual([...specified, ...OURS.split(' ')].sort());
});

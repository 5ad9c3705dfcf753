import { expect, test } from 'vitest';
import { loaded, refusal } from './load-given.js';

const YAML = { '/etc/neko/neko.yaml': 'server:\n  bind: ":1001"\n' };

test.each([
  ['default', {}, { host: '127.0.0.1', port: 8080 }, { kind: 'default' }],
  ['file', { files: YAML }, { host: '', port: 1001 }, { kind: 'file', path: '/etc/neko/neko.yaml', name: 'server.bind' }],
  [
    'environment over file',
    { files: YAML, env: { NEKO_SERVER_BIND: ':1002' } },
    { host: '', port: 1002 },
    { kind: 'env', name: 'NEKO_SERVER_BIND' },
  ],
  [
    'flag over environment',
    { files: YAML, env: { NEKO_SERVER_BIND: ':1002' }, argv: ['--server.bind=:1003'] },
    { host: '', port: 1003 },
    { kind: 'flag', name: '--server.bind' },
  ],
  [
    'v2 over flag',
    { env: { NEKO_BIND: ':1004' }, argv: ['--server.bind', ':1003'] },
    { host: '', port: 1004 },
    { kind: 'env', name: 'NEKO_BIND' },
  ],
  [
    'an empty variable is unset',
    { files: YAML, env: { NEKO_SERVER_BIND: '' } },
    { host: '', port: 1001 },
    { kind: 'file', path: '/etc/neko/neko.yaml', name: 'server.bind' },
  ],
] as const)('CF2 %s', (_title, given, bind, origin) => {
  const { config, origins } = loaded(given);
  expect(config.server.bind).toEqual(bind);
  expect(origins.get('server.bind')).toEqual(origin);
});

test('an empty NEKO_WEBRTC_IP_RETRIEVAL_URL asks nobody', () => {
  expect(loaded({}).config.webrtc.ipRetrievalUrl).toBe('https://checkip.amazonaws.com');
  expect(loaded({ env: { NEKO_WEBRTC_IP_RETRIEVAL_URL: '' } }).config.webrtc.ipRetrievalUrl).toBeUndefined();
});

test('with nothing configured no ICE server is contacted', () => {
  expect(loaded({}).config.webrtc.iceServers).toEqual({ frontend: [], backend: [] });
});

test('CF1 flags take a value after = or a blank, booleans stand alone, lists add up, -c -d -l are short', () => {
  const { config } = loaded({
    argv: [
      '-d',
      '--server.proxy',
      '--server.metrics=false',
      '--server.cors',
      'https://a.example',
      '--server.cors=https://b.example,https://c.example',
      '-c',
      'x.json',
    ],
    files: { 'x.json': '{"session":{"heartbeat_interval":7}}' },
  });
  expect(config.log.level).toBe('debug');
  expect(config.server).toMatchObject({
    proxy: true,
    metrics: false,
    cors: ['https://a.example', 'https://b.example', 'https://c.example'],
  });
  expect(config.session.heartbeatIntervalSec).toBe(7);
});

test.each([
  [['--server.bnd=:1'], '--server.bnd: unknown flag (did you mean --server.bind?)'],
  [['stray'], 'unexpected argument'],
  [['--server.bind'], '--server.bind: the value is missing'],
])('CF1 %s is an error', (argv, message) => {
  expect(refusal({ argv })).toContain(message);
});

test.each([
  [{ NEKO_SERVR_BIND: 'x' }, 'NEKO_SERVR_BIND: unknown variable (did you mean NEKO_SERVER_BIND?)'],
  [{ NEKO_UNLIKE_ANYTHING_KNOWN: 'x' }, 'NEKO_UNLIKE_ANYTHING_KNOWN: unknown variable, it has no effect'],
])('an unknown variable is a warning: %o', (env, message) => {
  expect(loaded({ env }).warnings.join('\n')).toContain(message);
});

test.each([
  [
    { ICE_SERVERS: '[{"urls":"stun:s.example"}]' },
    { iceServers: { frontend: [{ urls: ['stun:s.example'] }], backend: [{ urls: ['stun:s.example'] }] } },
  ],
  [{ WEBRTC_ADVERTISE_IP: '203.0.113.7' }, { nat1to1: [{ external: '203.0.113.7' }] }],
  [{ WEBRTC_IPS: '203.0.113.7,home.example' }, { nat1to1: [{ external: '203.0.113.7' }, { external: 'home.example' }] }],
  [{ WEBRTC_PORT: '3000' }, { udpmux: 3000, epr: undefined }],
  [{ WEBRTC_PORT: '3000', NEKO_WEBRTC_UDPMUX: '4000' }, { udpmux: 4000 }],
  [{ STUN_PORT: '3478' }, { stunBind: { host: '', port: 3478 } }],
])('aliases: %o', (env, webrtc) => {
  expect(loaded({ env }).config.webrtc).toMatchObject(webrtc);
});

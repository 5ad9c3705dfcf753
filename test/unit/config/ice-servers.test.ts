import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderEffectiveConfig } from '../../../server/config/effective.js';
import { iceUrlProblem } from '../../../server/config/forms/network-forms.js';
import { parseIceUrl } from '../../../server/ice/servers/ice-url.js';
import { loaded, refusal } from './load-given.js';

const GOOD = ['stun:stun.example', 'turns:turn.example?transport=tcp'];

test.each([
  ['turns:t.example?transport=udp', 'TLS over UDP is not supported, use transport=tcp'],
  ['turn:t.example?transport=sctp', 'not scheme:host[:port][?transport=udp|tcp]'],
  ['turn:t.example:0', 'no such port'],
  ['turn:t.example:70000', 'no such port'],
  ['turn:t.example:port', 'not scheme:host'],
  ['http://t.example', 'unknown scheme, allowed are stun, stuns, turn, turns'],
  ['t.example:3478', 'unknown scheme'],
  ['stun:2001:db8::1', 'an IPv6 address needs brackets'],
  ['stun:[1.2.3.4]', 'not an IPv6 address in brackets'],
  ['stun:300.1.1.1', 'not a host'],
  ['stun:', 'not scheme:host'],
  ['turn:user:geheim@t.example', 'user and password belong into username and credential'],
  ['geheim', 'unknown scheme'],
])('one ICE URL that cannot be used is skipped with a warning, the others serve: %s', (bad, reason) => {
  const server = { urls: [...GOOD, bad], username: 'u', credential: 'c' };
  const { config, warnings } = loaded({ env: { NEKO_WEBRTC_ICESERVERS: JSON.stringify([server, { urls: bad }]) } });
  const left = [{ urls: GOOD, username: 'u', credential: 'c' }];
  expect(config.webrtc.iceServers).toEqual({ frontend: left, backend: left });
  expect(warnings.join('\n')).toMatch(/^webrtc\.iceservers: \S+ is skipped: [^\n]+\.$/);
  expect(warnings.join('\n')).toContain(reason);
  expect(warnings.join('\n')).not.toContain('geheim');
});

test.each([
  ['NEKO_WEBRTC_ICESERVERS_FRONTEND', '[{"urls":["bad:a","stun:a"]}]', 'webrtc.iceservers.frontend: bad:a is skipped'],
  ['NEKO_WEBRTC_ICESERVERS_BACKEND', '[{"urls":["bad:a","stun:a"]}]', 'webrtc.iceservers.backend: bad:a is skipped'],
  ['NEKO_ICESERVERS', '[{"urls":["bad:a","stun:a"]}]', 'webrtc.iceservers: bad:a is skipped'],
  ['NEKO_ICESERVER', 'bad:a stun:a', 'NEKO_ICESERVER: bad:a is skipped'],
])('in every list: %s', (name, value, warning) => {
  const { config, warnings } = loaded({ env: { [name]: value } });
  const { frontend, backend } = config.webrtc.iceServers;
  expect([...frontend, ...backend].flatMap(({ urls }) => urls)).not.toContain('bad:a');
  expect([...frontend, ...backend].flatMap(({ urls }) => urls)).toContain('stun:a');
  expect(warnings.filter((line) => line.startsWith(warning))).toHaveLength(1);
});

test('a TURN URL without credentials is one that cannot be used', () => {
  const env = { NEKO_WEBRTC_ICESERVERS: '[{"urls":["turn:t.example","stun:t.example"]}]' };
  const { config, warnings } = loaded({ env });
  expect(config.webrtc.iceServers.backend).toEqual([{ urls: ['stun:t.example'] }]);
  expect(warnings[0]).toContain('turn:t.example is skipped: a TURN server needs username and credential, or webrtc.turn.secret');
  expect(loaded({ env: { ...env, NEKO_WEBRTC_TURN_SECRET: 's' } }).config.webrtc.iceServers.backend[0]?.urls).toHaveLength(2);
});

test('ICE-lite with backend servers is a warning, and they are not used', () => {
  const env = { NEKO_WEBRTC_ICELITE: '1', NEKO_WEBRTC_ICESERVERS_BACKEND: '[{"urls":"stun:a.example"}]' };
  const { config, warnings } = loaded({ env });
  expect(config.webrtc.iceServers).toEqual({ frontend: [], backend: [] });
  expect(warnings).toEqual([
    'webrtc.iceservers.backend: ignored, because an ICE-lite server (webrtc.icelite) uses no ICE servers itself.',
  ]);
});

test('neither the effective configuration nor an error shows what stands in a URL before an @ or in its query', () => {
  const env = {
    NEKO_WEBRTC_ICESERVERS: '[{"urls":["turn:user:ge@heim@t.example","turn:t.example?key=geheim","turn:u:geheim:x"]}]',
    NEKO_CAPTURE_BROADCAST_URL: 'rtmp://me:ge/geheim@live.example/app',
    NEKO_WEBRTC_IP_RETRIEVAL_URL: 'https://me:geheim@ip.example',
  };
  const text = renderEffectiveConfig(loaded({ env }));
  expect(text).not.toMatch(/heim|ge@|ge\//);
  expect(text).toContain('turn:(hidden)@t.example');
  expect(refusal({ env: { NEKO_IPFETCH: 'geheim', NEKO_ICESERVERS: 'turn:user:geheim@t.example' } })).not.toContain('geheim');
});

const PARTS = [
  ['stun', 'stuns', 'turn', 'TURNS', 'http', ''],
  [
    'a.example',
    '192.0.2.1',
    '300.1.1.1',
    '[2001:db8::1]',
    '[::ffff:1.2.3.4]',
    '[fe80::1%eth0]',
    '2001:db8::1',
    'u:p@h',
    '',
    '-',
    'a_b',
    '[::]',
  ],
  ['', ':1', ':0', ':65535', ':65536', ':', ':x', ':1:2'],
  ['', '?transport=udp', '?transport=tcp', '?transport=TCP', '?transport=', '?x', '#x', '/x'],
] as const;

test('what the configuration lets through, ICE can read', () => {
  const urls = fc
    .tuple(...PARTS.map((part) => fc.constantFrom(...part)))
    .map(([scheme, ...rest]) => `${scheme}:${rest.join('')}`);
  fc.assert(
    fc.property(urls, (url) => {
      if (iceUrlProblem(url) === undefined) expect(parseIceUrl(url), url).toMatchObject({ ok: true });
    }),
    { numRuns: 3_000 },
  );
});

import { expect, test } from 'vitest';
import { askedServers } from '../../../server/ice/servers/asked-servers.js';

const viewer = { username: 'viewer', credential: 'alone' };

test.each<[string, string[], string[], string[]]>([
  ['both lists', ['stun:a'], ['stun:b'], ['backend stun:a', 'frontend stun:b']],
  ['a place that is asked for the backend already', ['turn:a'], ['stun:A:3478', 'stun:a?transport=udp'], ['backend turn:a']],
  ['TCP and TLS beside UDP of the same host', [], ['turns:a', 'turn:a?transport=tcp', 'turn:a'], ['frontend turn:a']],
  ['TCP and TLS alone', [], ['turn:a?transport=tcp', 'turns:a'], ['frontend turn:a?transport=tcp', 'frontend turns:a']],
  ['TCP of another host', ['stun:a'], ['turn:b?transport=tcp'], ['backend stun:a', 'frontend turn:b?transport=tcp']],
  [
    'addresses that are filled in later',
    [],
    ['stun:{{public_ip}}', 'stun:{{ private_ip }}', 'turn:{{public_ip}}?transport=tcp'],
    ['frontend stun:{{public_ip}}', 'frontend stun:{{ private_ip }}'],
  ],
])('IT17 who is asked: %s', (_name, backend, frontend, asked) => {
  const read = askedServers({
    backend: [{ urls: backend, ...viewer }],
    frontend: [{ urls: frontend, ...viewer }],
    turnSecret: false,
  });
  expect(read.servers.map(({ list, text }) => `${list} ${text}`)).toEqual(asked);
});

test.each([
  [[], ['http://b'], 'NEKO_WEBRTC_ICESERVERS_FRONTEND: http://b: expected stun:'],
  [['turn:a:0'], [], 'NEKO_WEBRTC_ICESERVERS_BACKEND: turn:a:0'],
  [['turn:a'], ['turn:b'], 'NEKO_WEBRTC_ICESERVERS_BACKEND: turn:a: a TURN server needs username and credential'],
  [['turn:u:geheim@a'], [], 'NEKO_WEBRTC_ICESERVERS_BACKEND: turn:(hidden)@a: expected stun:'],
])(
  'IU2 a URL that cannot work names its list and its reason, shows no secret, and the others are asked: %o %o',
  (backend, frontend, reason) => {
    const read = askedServers({
      backend: [{ urls: [...backend, 'stun:good'] }],
      frontend: [{ urls: frontend }],
      turnSecret: false,
    });
    expect(read.skipped.join('\n')).toContain(reason);
    expect(read.skipped.join('\n')).not.toContain('geheim');
    expect(read.servers.map(({ text }) => text)).toContain('stun:good');
  },
);

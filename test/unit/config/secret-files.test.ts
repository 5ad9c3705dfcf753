import { expect, test } from 'vitest';
import { KEYS } from '../../../server/config/schema.js';
import { mayHoldSecret, SECRET_FILE_VARIABLES } from '../../../server/config/sources/secret-files.js';
import { loaded, refusal } from './load-given.js';

const PATH = '/run/secrets/it';

test('every secret of the schema can stand in a file', () => {
  const secrets = KEYS.filter(({ key }) => key.sensitive).map(({ env }) => `${env}_FILE`);
  expect(secrets).toContain('NEKO_MEMBER_MULTIUSER_ADMIN_PASSWORD_FILE');
  expect(secrets).toContain('NEKO_WEBRTC_TURN_SECRET_FILE');
  expect(SECRET_FILE_VARIABLES).toEqual(expect.arrayContaining(secrets));
});

test.each([
  ['no line end', 'hunter2', []],
  ['a newline', 'hunter2\n', ['the file ends in a line end, which is left out']],
  ['CR LF', 'hunter2\r\n', ['the file ends in a line end, which is left out']],
])('a secret file with %s gives the secret', (_title, content, warned) => {
  const { config, warnings, origins } = loaded({
    env: { NEKO_MEMBER_MULTIUSER_ADMIN_PASSWORD_FILE: PATH },
    files: { [PATH]: content },
  });
  expect(config.member.multiuser.adminPassword).toBe('hunter2');
  expect(origins.get('member.multiuser.admin_password')).toEqual({
    kind: 'env',
    name: 'NEKO_MEMBER_MULTIUSER_ADMIN_PASSWORD_FILE',
  });
  expect(warnings).toEqual(warned.map((reason) => `NEKO_MEMBER_MULTIUSER_ADMIN_PASSWORD_FILE: ${reason}.`));
});

test.each([
  ['two newlines', { [PATH]: 'hunter2\n\n' }, { NEKO_SESSION_API_TOKEN_FILE: PATH }, 'hunter2\n', 'ends in a newline'],
  ['a carriage return', {}, { NEKO_SESSION_API_TOKEN: 'hunter2\r' }, 'hunter2\r', 'ends in a carriage return'],
  ['a newline in a variable', {}, { NEKO_SESSION_API_TOKEN: 'hunter2\n' }, 'hunter2\n', 'ends in a newline'],
  ['quotes', {}, { NEKO_SESSION_API_TOKEN: '"hunter2"' }, '"hunter2"', 'stands in quotes'],
  ['quotes in a file', { [PATH]: "'hunter2'" }, { NEKO_SESSION_API_TOKEN_FILE: PATH }, "'hunter2'", 'stands in quotes'],
])('a secret with %s is warned about, named and never shown', (_title, files, env, token, warned) => {
  const { config, warnings } = loaded({ env, files });
  expect(config.session.apiToken).toBe(token);
  expect(warnings.join('\n')).toMatch(new RegExp(`${Object.keys(env)[0]}: the value ${warned}`));
  expect(warnings.join('\n')).not.toContain('hunter2');
});

test('a list of ICE servers and a v2 password can stand in files', () => {
  const { config } = loaded({
    env: { NEKO_WEBRTC_ICESERVERS_FRONTEND_FILE: '/ice', NEKO_PASSWORD_FILE: '/user' },
    files: { '/ice': '[{"urls":"turn:a.example","username":"u","credential":"c"}]\n', '/user': 'guest\n' },
  });
  expect(config.webrtc.iceServers.frontend).toEqual([{ urls: ['turn:a.example'], username: 'u', credential: 'c' }]);
  expect(config.member.multiuser.userPassword).toBe('guest');
});

test.each([
  ['both', { NEKO_SESSION_API_TOKEN: 'hunter2', NEKO_SESSION_API_TOKEN_FILE: PATH }, 'NEKO_SESSION_API_TOKEN is set as well'],
  ['no file', { NEKO_SESSION_API_TOKEN_FILE: '/nowhere' }, '/nowhere does not exist'],
  ['an empty file', { NEKO_SESSION_API_TOKEN_FILE: '/empty' }, '/empty is empty'],
])('%s is an error that names the setting', (_title, env, reason) => {
  const message = refusal({ env, files: { [PATH]: 'hunter2', '/empty': '\n' } });
  expect(message).toContain(`NEKO_SESSION_API_TOKEN_FILE: ${reason}`);
  expect(message).not.toContain('hunter2');
});

test('quotes that a compose file passes on are left out where the value makes no sense with them', () => {
  const { config, warnings } = loaded({
    env: { NEKO_SCREEN: '"1920x1080@30"', NEKO_SERVER_BIND: "':8081'", NEKO_SERVER_PROXY: '"true"', NEKO_MAX_FPS: '"20"' },
  });
  expect(config.desktop.screen).toEqual({ width: 1920, height: 1080, rate: 30 });
  expect(config.server).toMatchObject({ bind: { host: '', port: 8081 }, proxy: true });
  expect(config.capture.video.v2?.fps).toBe(20);
  for (const name of ['NEKO_SCREEN', 'NEKO_SERVER_BIND', 'NEKO_SERVER_PROXY', 'NEKO_MAX_FPS'])
    expect(warnings).toContain(`${name}: the value stands in quotes, which are left out. Write it without them.`);
  expect(refusal({ env: { NEKO_SCREEN: '"wide"' } })).toContain('it stands in quotes');
});

test.each([
  ['NEKO_MEMBER_MULTIUSER_ADMIN_PASSWORD', true],
  ['NEKO_PASSWORD', true],
  ['NEKO_SESSION_API_TOKEN_FILE', true],
  ['ICE_SERVERS', true],
  ['NEKO_MEMBER_MULTIUSER_ADMIN_PASSWRD_TOKEN', true],
  ['NEKO_SERVER_KEY', false],
  ['NEKO_SCREEN', false],
  ['NEKO_START_PAGE', false],
  ['MY_PASSWORD', false],
])('%s is kept from applications: %s', (name, kept) => {
  expect(mayHoldSecret(name)).toBe(kept);
});

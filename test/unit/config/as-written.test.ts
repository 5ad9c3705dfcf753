import fc from 'fast-check';
import { stringify as stringifyToml } from 'smol-toml';
import { expect, test } from 'vitest';
import { parseJsonAsWritten, parseTomlAsWritten, parseYamlAsWritten } from '../../../server/config/forms/as-written.js';
import { plain, Unquoted } from '../../../server/config/forms/unquoted.js';
import { loaded, refusal } from './load-given.js';

const WORDS = [
  ...['007', '0123', '0x1F', '0o17', '0b11', '1e3', '1E3', '1.10', '.5', '+5', '-0', '1_000', '12345678901234567890', '1e400'],
  ...[
    'yes',
    'No',
    'on',
    'TRUE',
    'False',
    '.inf',
    '.NaN',
    'Infinity',
    '2024-01-01',
    '2024-01-01T00:00:00Z',
    '12:30:45',
    'undefined',
  ],
];

/** What is read of a password, of one in a list of accounts, and of the name of a stream and its place in a list. */
function readWord(word: string) {
  const yaml = [
    `member: {multiuser: {user_password: ${word}}, object: {users: [{username: ${word}, password: ${word}}]}}`,
    `session: {cookie: {path: ${word}}}`,
    `capture: {video: {ids: [${word}], pipelines: {${word}: {gst_encoder: vp8enc}}}}`,
    `password_admin: ${word}`,
    `webrtc: {iceservers: [{urls: turn:a, username: ${word}, credential: ${word}}]}`,
  ].join('\n');
  const { member, session, capture, webrtc } = loaded({ files: { 'neko.yaml': yaml } }).config;
  const [user] = member.object.users;
  const [server] = webrtc.iceServers.backend;
  return [
    [member.multiuser.userPassword, member.multiuser.adminPassword, user?.username, user?.password, session.cookie.path],
    [server?.username, server?.credential, capture.video.ids[0], Object.keys(capture.video.pipelines)[0]],
  ].flat();
}

test.each(WORDS)('YAML: %s is text as it is written, wherever text is wanted', (word) => {
  expect(readWord(word)).toEqual(Array(9).fill(word));
});

test.each(['null', '~', 'Null', 'NULL'])('YAML: %s where a secret is wanted is refused, elsewhere it is not set', (word) => {
  const secrets = [
    'member: {multiuser: {admin_password: #}}',
    'session.api_token: #',
    'webrtc.turn.secret: #',
    'password: #',
    'member: {object: {users: [{username: ann, password: #}]}}',
    'member: {object: {users: [{username: #, password: p}]}}',
    'webrtc: {iceservers: [{urls: turn:a, username: u, credential: #}]}',
  ];
  for (const yaml of secrets) {
    expect(refusal({ files: { 'neko.yaml': yaml.replace('#', word) } })).toContain(`${word} without quotes is nothing`);
  }
  const yaml = 'server: {static: #, bind: #}\nmember: {multiuser: {user_profile: #}}\nmax_fps: #'.replaceAll('#', word);
  const { config } = loaded({ files: { 'neko.yaml': yaml } });
  expect(config.server).toMatchObject({ static: undefined, bind: { port: 8080 } });
  expect(loaded({ files: { 'neko.yaml': 'session: {api_token: }' } }).config.session.apiToken).toBeUndefined();
});

test.each([
  ['*hunter2', 'bad alias at line 1, column 17'],
  ['@hunter2', 'bad scalar start at line 1, column 17'],
  ['!hunter2', 'tag resolve failed at line 1, column 17'],
  ['&hunter2', 'an anchor without a value at line 1'],
  ['"a" hunter2', 'unexpected token at line 1'],
])('YAML: %s is no value, is refused, and is not shown', (word, reason) => {
  const text = refusal({ files: { 'neko.yaml': `password_admin: ${word}` } });
  expect(text).toContain(reason);
  expect(text).toContain('quote');
  expect(text).not.toContain('hunter2');
});

test('YAML: numbers and switches keep their meaning, in the integer syntax of neko', () => {
  const yaml =
    'session: {heartbeat_interval: 0123, private_mode: True, cookie: {expiration: 0}}\nwebrtc: {estimator: {diff_threshold: 1e-1}, tcpmux: 1e3}';
  const { session, webrtc } = loaded({ files: { 'neko.yaml': yaml } }).config;
  expect([session.heartbeatIntervalSec, session.privateMode, session.cookie.expirationMs]).toEqual([83, true, 0]);
  expect([webrtc.estimator.diffThreshold, webrtc.tcpmux]).toEqual([0.1, 1000]);
  const hq = 'capture: {video: {pipelines: {hq: {gst_encoder: x, fps: 0x1E, gst_params: {a: 1.50, b: 017, c: True, d: ~}}}}}';
  expect(loaded({ files: { 'neko.yaml': hq } }).config.capture.video.pipelines.hq).toMatchObject({
    fps: '30',
    gstParams: { a: '1.5', b: '15', c: 'true' },
  });
});

test.each(['007x', '1.10', '1e3', '12345678901234567890', '-0', '1E400'].filter((word) => !/x/.test(word)))(
  'JSON: the number %s is text as it is written, in a file and in a variable',
  (word) => {
    const files = { 'neko.json': `{"member":{"multiuser":{"user_password":${word}}}, "password_admin": ${word}}` };
    expect(loaded({ files }).config.member.multiuser).toMatchObject({ userPassword: word, adminPassword: word });
    const env = { NEKO_MEMBER_OBJECT_USERS: `[{"username":"a \\"1.10\\" b","password":${word}}]` };
    expect(loaded({ env }).config.member.object.users[0]).toMatchObject({ username: 'a "1.10" b', password: word });
  },
);

test.each(['1.10', '1e3', '0x1F', '0o17', '1_000', '+5', '12345678901234567890', 'inf', 'true'])(
  'TOML: %s is text as it is written',
  (word) => {
    const toml = `1.5 = 2 # 1.10\npassword = ${word}\n[member.multiuser]\nadmin_password=${word}\n[[member.object.users]]\nusername='1.10'\npassword = ${word}`;
    const { member } = loaded({ files: { 'neko.toml': toml } }).config;
    expect([member.multiuser.userPassword, member.multiuser.adminPassword]).toEqual([word, word]);
    expect(member.object.users).toMatchObject([{ username: '1.10', password: word }]);
  },
);

test('TOML: a date is refused where text is wanted, and an error gives its place and nothing of the text', () => {
  expect(refusal({ files: { 'neko.toml': 'password = 2024-01-01' } })).toContain('a date without quotes');
  const text = refusal({ files: { 'neko.toml': 'a = 1\npassword = geheim' } });
  expect(text).toContain('at line 2, column');
  expect(text).not.toContain('geheim');
});

test.each(['json', 'yaml', 'toml', 'env'])('a byte-order mark at the start of a file is none of its text: .%s', (extension) => {
  const texts = {
    json: '{"screen":"800x600@25"}',
    yaml: 'screen: 800x600@25',
    toml: 'screen = "800x600@25"',
    env: 'screen=800x600@25',
  };
  const text = texts[extension as keyof typeof texts];
  expect(loaded({ files: { [`neko.${extension}`]: `\uFEFF${text}` } }).config.desktop.screen.width).toBe(800);
  const utf16 = Buffer.from(`\uFEFF${text}`, 'utf16le').toString('utf8');
  expect(refusal({ files: { [`neko.${extension}`]: utf16 } })).toContain('the file is not UTF-8');
});

test('dotenv: a line that is no setting is an error, not silence', () => {
  const text = refusal({ files: { 'neko.env': '# mine\n\nexport screen=800x600@25\npassword geheim\n' } });
  expect(text).toContain('line 4 is not NAME=value');
  expect(text).not.toContain('geheim');
});

const json = fc.jsonValue({ maxDepth: 4 });

test('JSON and YAML of any value stand for that value', () => {
  fc.assert(
    fc.property(json, (value) => {
      expect(plain(parseJsonAsWritten(JSON.stringify(value)))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('TOML of any table stands for that table', () => {
  const leaf = fc.oneof(fc.string(), fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean());
  const table = fc.dictionary(
    fc.string({ minLength: 1 }),
    fc.oneof(leaf, fc.array(leaf), fc.dictionary(fc.string({ minLength: 1 }), leaf)),
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(table, (value) => {
      const text = stringifyToml(value);
      expect(JSON.parse(JSON.stringify(parseTomlAsWritten(text)))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('YAML: only what stands without quotes is unquoted', () => {
  expect(parseYamlAsWritten('a: "007"\nb: 007\nc: |\n  007\n1: x')).toEqual({
    a: '007',
    b: new Unquoted(7, '007'),
    c: '007\n',
    1: 'x',
  });
});

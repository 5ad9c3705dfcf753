import assert from 'node:assert/strict';
import { Agent, request as send } from 'node:http';
import fc from 'fast-check';
import { Harness, type Login } from '../../integration/signaling/support/harness.js';
import { mutatedText, record } from '../mutated.js';
import { holdsAsync, type Target } from '../target.js';

const PATHS = [
  '/health',
  '/api/login',
  '/api/whoami',
  '/api/profile',
  '/api/stats',
  '/api/batch',
  '/api/sessions',
  '/api/sessions/nobody',
  '/api/sessions/nobody/disconnect',
  '/api/members',
  '/api/members/nobody',
  '/api/members/nobody/password',
  '/api/members_bulk/update',
  '/api/members_bulk/delete',
  '/api/room/settings',
  '/api/room/control',
  '/api/room/control/request',
  '/api/room/control/release',
  '/api/room/control/take',
  '/api/room/control/reset',
  '/api/room/control/give/nobody',
  '/api/room/clipboard',
  '/api/room/clipboard/image.png',
  '/api/room/keyboard/map',
  '/api/room/keyboard/modifiers',
  '/api/room/screen',
  '/api/room/screen/configurations',
  '/api/room/screen/shot.jpg',
  '/api/room/screen/cast.jpg',
  '/api/room/broadcast',
  '/api/ws',
  '/metrics',
  '/',
  '/index.html',
];
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];
const FIELDS = [
  'username',
  'password',
  'id',
  'profile',
  'name',
  'is_admin',
  'can_login',
  'plugins',
  'ids',
  'path',
  'method',
  'body',
  'width',
  'height',
  'rate',
  'layout',
  'variant',
  'text',
  'html',
  'private_mode',
  'locked_logins',
  'control_protection',
  'url',
  '__proto__',
];

const { value: anyValue } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, true, 0, -1, 1.5, 1e300, '', 'x'),
    fc.string({ maxLength: 20 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(fc.constantFrom(...FIELDS), tie('value')), { maxLength: 6 }).map((entries) => Object.fromEntries(entries)),
  ),
}));
const body = fc.oneof(
  { weight: 4, arbitrary: anyValue.map((value) => JSON.stringify(value)) },
  {
    weight: 1,
    arbitrary: mutatedText(
      anyValue.map((value) => JSON.stringify(value)),
      fc.constantFrom('{', '"', '\\u', ']', ','),
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
);
/** What Node's own client does not refuse to send. */
const pathPiece = fc.constantFrom(
  '/',
  '//',
  '..',
  '.',
  '%2f',
  '%00',
  '%',
  '%ff',
  '?',
  '&',
  '=',
  '#',
  ';',
  '@',
  '%2e%2e',
  '*',
  '[',
  'a'.repeat(300),
  'ws',
);
const path = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...PATHS) },
  { weight: 1, arbitrary: mutatedText(fc.constantFrom(...PATHS), pathPiece) },
);
const batch = fc
  .array(record({ path: path.map((each) => each), method: fc.constantFrom(...METHODS, 'X', ''), body: anyValue }), {
    maxLength: 6,
  })
  .map((requests) => ({ method: 'POST', path: '/api/batch', body: JSON.stringify(requests) }));
const anyRequest = fc.oneof(
  { weight: 4, arbitrary: record({ method: fc.constantFrom(...METHODS), path, body }) },
  { weight: 1, arbitrary: batch },
);
const headers = fc.dictionary(
  fc.constantFrom(
    'content-type',
    'origin',
    'cookie',
    'x-forwarded-for',
    'accept',
    'range',
    'if-none-match',
    'x-forwarded-proto',
    'authorization',
  ),
  fc.oneof(
    fc.constantFrom('application/json', 'multipart/form-data; boundary=x', 'bytes=0-,5-', 'NEKO_SESSION=', 'Bearer ', '*'),
    fc.string({ unit: fc.constantFrom(...'ab;=, "%:/.'), maxLength: 30 }),
  ),
  { maxKeys: 4 },
);

let asked = 0;

function nextAddress(): string {
  asked++;
  return `10.${(asked >> 16) & 255}.${(asked >> 8) & 255}.${asked & 255}`;
}

const agent = new Agent({ keepAlive: true, maxSockets: 4 });
let harness: Harness | undefined;
let admin: Login | undefined;

/** Sends as it is, with nothing tidied; resolves with the status, 0 for a connection that was closed. */
function ask(method: string, path: string, body: string, headers: Readonly<Record<string, string>>): Promise<number> {
  return new Promise((resolve) => {
    const { hostname, port } = new URL(harness!.base);
    const asked = send(
      { agent, method, host: hostname, port, path, headers: { ...headers, 'content-length': Buffer.byteLength(body) } },
      (response) => {
        response.resume();
        response.once('close', () => resolve(response.statusCode ?? 0));
      },
    );
    asked.once('error', () => resolve(0));
    asked.end(body);
  });
}

const sendable = (text: string) => (text.startsWith('/') ? text : `/${text}`).replace(/[^\u0021-\u007e]/g, '');

/** Nothing that a client sends is our fault, and the next one is served. */
async function expectServed(status: number): Promise<void> {
  // Some answers are 500 by contract; what nobody thought of is in the log besides.
  assert.deepEqual(
    harness!.logged.filter((line) => line.startsWith('error')),
    [],
    `answered ${status}`,
  );
  assert.equal(await ask('GET', '/health', '', { 'x-forwarded-for': nextAddress() }), 200);
  harness!.logged.length = 0;
}

export const http: Target = {
  name: 'http',
  open: async () => {
    // Each request comes from an address of its own, as far as the bounds on one address go.
    harness = await Harness.start({ server: { trustedProxies: ['127.0.0.1'] } });
    admin = await harness.login('admin');
    return async () => {
      agent.destroy();
      await harness?.close();
    };
  },
  properties: [
    holdsAsync('a stranger may ask anything', [anyRequest, headers], async ({ method, path, body }, more) => {
      await expectServed(await ask(method, sendable(path), body, { 'x-forwarded-for': nextAddress(), ...more }));
    }),
    holdsAsync('an admin may ask anything', [anyRequest], async ({ method, path, body }) => {
      const token = { 'x-forwarded-for': nextAddress(), authorization: `Bearer ${admin!.token}` };
      await expectServed(await ask(method, sendable(path), body, { ...token, 'content-type': 'application/json' }));
      if ((await ask('GET', '/api/whoami', '', token)) !== 200) admin = await harness!.login('admin');
    }),
  ],
};

import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HONEST_SCREEN, type HonestViewers, openHonestViewers } from '../support/peers/honest-viewers.js';
import { PASSWORDS, type Product, startProduct } from '../support/servers/product.js';

/** Every address of 127.0.0.0/8 is this machine: an attacker's and an owner's. */
const ATTACKER = '127.0.0.66';
const OWNER = '127.0.0.7';
const STRANGER = '127.0.0.8';
const API_TOKEN = 'a-long-api-token-that-nobody-guesses';
const PER_SECOND = 1_000;
const SECONDS = 2;

let product: Product;
let viewers: HonestViewers;

beforeAll(async () => {
  product = await startProduct({ env: { ...HONEST_SCREEN, NEKO_SESSION_API_TOKEN: API_TOKEN } });
  viewers = await openHonestViewers(product);
});
afterAll(async () => {
  await viewers?.close();
  await product?.stop();
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const agents = new Map<string, Agent>();
const agentOf = (address: string) => agents.get(address) ?? new Agent({ keepAlive: true, maxSockets: 20, localAddress: address });

function ask(from: string, method: string, path: string, { token, body }: { token?: string; body?: object }): Promise<Answer> {
  const agent = agentOf(from);
  agents.set(from, agent);
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return new Promise((resolve, reject) => {
    const asked = request(product.url + path, { method, agent, headers, localAddress: from }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: String(Buffer.concat(parts)) });
      });
    });
    asked.on('error', reject);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
const login = (from: string, password: string, username = 'boss') =>
  ask(from, 'POST', '/api/login', { body: { username, password } });

/** Asks a thousand times a second; `meanwhile` goes on beside it. Answers with how often which status came. */
async function flood(attack: () => Promise<Answer>, meanwhile: () => Promise<void>): Promise<Record<string, number>> {
  const statuses: Record<string, number> = {};
  const running: Promise<void>[] = [];
  const count = ({ status }: Answer) => {
    statuses[status] = (statuses[status] ?? 0) + 1;
  };
  const burst = PER_SECOND / 20;
  const end = performance.now() + SECONDS * 1_000;
  const beside = meanwhile();
  while (performance.now() < end) {
    for (let number = 0; number < burst; number += 1) running.push(attack().then(count, () => undefined));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await Promise.all(running);
  await beside;
  return statuses;
}

test('1,000 wrong passwords a second: a handful is checked, owner and strangers sign in, viewers do not notice', async () => {
  expect((await login(OWNER, PASSWORDS.admin)).status).toBe(200);
  await viewers.unbothered(async () => {
    const statuses = await flood(
      () => login(ATTACKER, `guess ${Math.random()}`),
      async () => {
        for (const from of [OWNER, STRANGER, OWNER]) expect((await login(from, PASSWORDS.admin)).status).toBe(200);
      },
    );
    expect(Object.keys(statuses).sort()).toEqual(['401', '429']);
    expect(statuses[401]).toBeLessThanOrEqual(8);
  });
  const refused = await login(ATTACKER, PASSWORDS.admin);
  expect(refused.status).toBe(429);
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
});

test('wrong passwords at the account from many addresses keep its owner out of nothing', async () => {
  const guesses = Array.from({ length: 40 }, async (_, address) => {
    for (let count = 0; count < 5; count += 1) await login(`127.0.1.${100 + address}`, 'wrong');
  });
  await Promise.all(guesses);
  expect((await login(OWNER, PASSWORDS.admin)).status).toBe(200);
  const elsewhere = performance.now();
  expect((await login('127.0.0.9', PASSWORDS.admin)).status).toBe(200);
  expect(performance.now() - elsewhere).toBeGreaterThan(1_900);
});

test('1,000 guesses at the API token a second: refused, right tokens go on, viewers do not notice', async () => {
  const session = JSON.parse((await login(OWNER, PASSWORDS.user, 'guest')).body);
  await viewers.unbothered(async () => {
    const statuses = await flood(
      () => ask('127.0.0.67', 'GET', '/api/whoami', { token: `guess ${Math.random()}` }),
      async () => {
        for (const token of [API_TOKEN, session.token])
          for (const from of [OWNER, '127.0.0.67'])
            expect((await ask(from, 'GET', '/api/whoami', { token })).status, `${token} from ${from}`).toBe(200);
      },
    );
    expect(Object.keys(statuses).sort()).toEqual(['401', '429']);
    expect(statuses[401]).toBeLessThanOrEqual(100 + SECONDS + 2);
  });
});

test('5,000 logins nobody uses: an address holds 100 of them, an admin comes in, viewers do not notice', async () => {
  const admin = JSON.parse((await login(OWNER, PASSWORDS.admin)).body);
  const count = async () => JSON.parse((await ask(OWNER, 'GET', '/api/sessions', { token: admin.token })).body).length;
  const before = await count();
  await viewers.unbothered(async () => {
    for (let round = 0; round < 250; round += 1)
      await Promise.all(Array.from({ length: 20 }, () => login('127.0.0.68', PASSWORDS.user, 'x')));
  });
  expect((await count()) - before).toBe(100);
  expect((await login(STRANGER, PASSWORDS.admin)).status).toBe(200);
}, 120_000);

test('a banned guest stays out of logins, sockets and requests', async () => {
  const admin = JSON.parse((await login(OWNER, PASSWORDS.admin)).body);
  const guest = JSON.parse((await login('127.0.0.69', PASSWORDS.user, 'guest')).body);
  const banned = await ask(OWNER, 'POST', `/api/sessions/${guest.id}/ban`, { token: admin.token });
  expect(JSON.parse(banned.body)).toMatchObject({ member: guest.id, address: '127.0.0.69' });
  expect((await ask('127.0.0.69', 'GET', '/api/whoami', { token: guest.token })).status).toBe(401);
  const again = await login('127.0.0.69', PASSWORDS.user, 'somebody else');
  expect([again.status, JSON.parse(again.body).message]).toEqual([403, 'you are banned']);
});

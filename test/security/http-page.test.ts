import { createServer } from 'node:http';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { launchChromium } from '../support/browsers/chromium.js';
import { picture } from '../support/peers/viewer.js';
import { PASSWORDS, type Product, startProduct } from '../support/servers/product.js';
import { waitFor } from '../support/wait-for.js';

const COOKIES = { NEKO_SESSION_COOKIE_ENABLED: 'true' };
let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

async function serve(env: Readonly<Record<string, string>> = {}): Promise<Product> {
  const product = await startProduct({ env });
  onTestFinished(() => product.stop());
  return product;
}

interface Visit {
  readonly page: Page;
  /** Addresses of WebSockets, complaints of the browser, and sign-ins, so far. */
  readonly sockets: string[];
  readonly complaints: string[];
  readonly logins: string[];
}

async function visit(product: Product): Promise<Visit> {
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const [sockets, complaints, logins]: string[][] = [[], [], []];
  page.on('websocket', (socket) => void sockets!.push(socket.url()));
  page.on('pageerror', (error) => void complaints!.push(error.message));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints!.push(message.text());
  });
  page.on('request', (request) => {
    if (request.url().endsWith('/api/login')) logins!.push(request.method());
  });
  await page.goto(product.url);
  return { page, sockets: sockets!, complaints: complaints!, logins: logins! };
}

async function signIn(page: Page): Promise<void> {
  await page.getByTestId('login-name').fill('ann');
  await page.getByTestId('login-password').fill(PASSWORDS.admin);
  await page.getByTestId('login-submit').click();
}

test('our page works inside its policy without a complaint, and no WebSocket address holds its token', async () => {
  const product = await serve();
  const { page, sockets, complaints } = await visit(product);
  await signIn(page);
  await picture(page);
  await page.mouse.move(300, 300);
  await page.mouse.click(300, 300);
  await page.reload();
  await picture(page);
  const token = await page.evaluate(() => sessionStorage.getItem('neko.token') ?? '');
  expect(token).toHaveLength(64);
  expect(sockets.length).toBeGreaterThanOrEqual(2);
  expect(sockets.filter((url) => url.includes('token') || url.includes(token))).toEqual([]);
  expect(complaints).toEqual([]);
  expect(product.output()).not.toContain(token);
});

test('with cookies on, a page over plain HTTP signs in once and works; the log says what to set', async () => {
  const product = await serve(COOKIES);
  const { page, logins } = await visit(product);
  await signIn(page);
  await picture(page);
  expect(logins).toEqual(['POST']);
  expect(product.output()).toContain('NEKO_SESSION_COOKIE_SECURE=false');
});

test('a browser that does not keep the cookie signs in once, and says so', async () => {
  const product = await serve({ ...COOKIES, NEKO_SESSION_COOKIE_SECURE: 'false', NEKO_SESSION_COOKIE_PATH: '/elsewhere' });
  const { page, logins } = await visit(product);
  await signIn(page);
  await page.getByText('this browser did not keep it').waitFor();
  expect(logins).toEqual(['POST']);
});

test('a form of another page cannot write with the cookie of its visitor, though the browser sends it along', async () => {
  const product = await serve({ ...COOKIES, NEKO_SESSION_COOKIE_SECURE: 'false' });
  const { page } = await visit(product);
  await signIn(page);
  await picture(page);
  // Another port is another origin, but the same site: SameSite alone would not help.
  const evil = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(`<form method=post enctype=text/plain action="${product.url}/api/room/settings">
      <input name='{"locked_logins":true,"x":"' value='"}'></form><script>document.forms[0].submit()</script>`);
  });
  await new Promise<void>((resolve) => evil.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void evil.close());
  const address = evil.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const victim = await page.context().newPage();
  const answered = victim.waitForResponse((response) => response.url().endsWith('/api/room/settings'));
  await victim.goto(`http://127.0.0.1:${port}/`);
  const response = await answered;
  expect((await response.request().allHeaders()).cookie).toContain('NEKO_SESSION=');
  expect(response.status()).toBe(403);
  const settings = () => page.evaluate(async () => (await fetch('api/room/settings')).json());
  expect(await settings()).toMatchObject({ locked_logins: false });
  const own = await page.evaluate(async () => {
    return (await fetch('api/room/settings', { method: 'POST', body: '{"locked_logins":true}' })).status;
  });
  expect(own).toBe(204);
  await waitFor('the write of our own page', async () => Reflect.get(Object(await settings()), 'locked_logins') === true);
});

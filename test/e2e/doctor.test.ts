import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { launchChromium } from '../support/browsers/chromium.js';
import { openViewer } from '../support/peers/viewer.js';
import { type Coturn, HAS_COTURN, startCoturn } from '../support/servers/coturn.js';
import { type Product, startProduct } from '../support/servers/product.js';
import { waitFor } from '../support/wait-for.js';

let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

async function start(env: Readonly<Record<string, string>>): Promise<Product> {
  const product = await startProduct({ env, firstDisplay: 90 });
  onTestFinished(() => product.stop());
  return product;
}

test('the connection panel leads to a check, which finds every path working and disturbs nobody', async () => {
  const product = await start({ NEKO_WEBRTC_UDPMUX: '12210', NEKO_WEBRTC_TCPMUX: '12210' });
  const { page, close } = await openViewer(browser, product, 'patient', { role: 'admin' });
  onTestFinished(close);
  await page.getByTestId('connection-state').first().click();
  await page.getByTestId('check-connection').click();
  expect(await verdict(page)).toMatch(/^All \d+ paths work\.$/);
  const paths = await findings(page);
  expect(paths.filter(({ state }) => state !== 'works')).toEqual([]);
  for (const kind of ['udp', 'tcp', 'websocket', 'http']) expect(paths.map((path) => path.kind)).toContain(kind);
  expect(await page.getByTestId('connection-state').first().textContent()).toMatch(/^\s*Connected/);
  expect(product.output()).toContain('network, as the server sees it:');
});

test('an admin reads the view of the server, others may not', async () => {
  const product = await start({ NEKO_WEBRTC_UDPMUX: '12211' });
  const view = async (role: 'admin' | 'user') => {
    const { token } = await product.login(role, role);
    return fetch(`${product.url}/api/webrtc/doctor`, { headers: { authorization: `Bearer ${token}` } });
  };
  const refused = await view('user');
  expect([refused.status, await refused.json()]).toEqual([403, { code: 403, message: 'session is not admin' }]);
  const answer = await view('admin');
  expect(answer.status).toBe(200);
  expect(JSON.stringify(await answer.json())).toContain('"ports":"12211"');
});

test.skipIf(!HAS_COTURN)('where no picture comes the page offers the check, which names what is wrong', async () => {
  const coturn: Coturn = await startCoturn('alice', 'wonderland');
  onTestFinished(() => coturn.stop());
  const servers = [
    { urls: [`turn:127.0.0.1:${coturn.port}?transport=tcp`], username: 'alice', credential: 'looking-glass' },
    { urls: [`turns:127.0.0.1:${coturn.tlsPort}`], username: 'alice', credential: 'wonderland' },
  ];
  const product = await start({
    NEKO_WEBRTC_UDPMUX: '12212',
    // The one address that viewers are told has the wrong port, and a lite server does not come to meet them.
    NEKO_WEBRTC_CANDIDATES: '127.0.0.2:12299',
    NEKO_WEBRTC_FILTERS_NETWORKS: 'udp4',
    NEKO_WEBRTC_FILTERS_CANDIDATES: '127.0.0.2',
    NEKO_WEBRTC_FILTERS_INTERFACES: 'lo',
    NEKO_WEBRTC_ICELITE: 'true',
    NEKO_WEBRTC_ICESERVERS_FRONTEND: JSON.stringify(servers),
  });
  const { token } = await product.login('user', 'blind');
  const page = await browser.newPage();
  onTestFinished(() => page.close());
  await page.goto(`${product.url}/#token=${token}`);
  await page.getByTestId('connection-state').first().waitFor();
  await page.getByTestId('offer-check').click({ timeout: 20_000 });
  await verdict(page);
  const paths = await findings(page);
  const of = (start: string) => paths.find(({ label }) => label.startsWith(start));
  expect(of('UDP 127.0.0.2:12299')).toMatchObject({ state: 'wrong', cause: 'static-port' });
  expect(of('turn:')).toMatchObject({ state: 'wrong', cause: 'turn-credentials' });
  expect(of('turns:')).toMatchObject({ state: 'wrong', cause: 'turn-certificate' });
});

test('before signing in the way to the server is tried, and a server that is gone is told', async () => {
  const product = await start({});
  const page = await browser.newPage();
  onTestFinished(() => page.close());
  await page.goto(product.url);
  await page.getByTestId('login-check').click();
  await waitFor('two findings', async () => (await findings(page)).length === 2);
  expect((await findings(page)).map(({ state }) => state)).toEqual(['works', 'works']);
  await product.stopServer();
  await page.getByTestId('login-check').click();
  await waitFor('the loss', async () => (await findings(page))[0]?.cause === 'server-unreachable');
});

async function verdict(page: Page): Promise<string> {
  await page.locator('[data-testid=connection-check][data-state=done]').waitFor({ timeout: 30_000 });
  return (await page.getByTestId('check-verdict').textContent())?.trim() ?? '';
}

function findings(page: Page) {
  return page.getByTestId('check-path').evaluateAll((elements) =>
    elements.map((element) => ({
      label: element.querySelector('.label')?.textContent ?? '',
      state: element.getAttribute('data-state'),
      cause: element.getAttribute('data-cause'),
      kind: element.getAttribute('data-kind'),
    })),
  );
}

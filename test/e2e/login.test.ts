import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { launchChromium } from '../support/browsers/chromium.js';
import { picture } from '../support/peers/viewer.js';
import { PASSWORDS, type Product, startProduct } from '../support/servers/product.js';
import { waitFor } from '../support/wait-for.js';
import { XClient } from '../support/x/x-client.js';

let product: Product;
let browser: Browser;

beforeAll(async () => {
  [product, browser] = await Promise.all([startProduct(), launchChromium()]);
});
afterAll(async () => {
  await browser?.close();
  await product?.stop();
});

async function open(link: string, options: BrowserContextOptions = { viewport: { width: 1440, height: 900 } }): Promise<Page> {
  const context = await browser.newContext(options);
  onTestFinished(() => context.close());
  const page = await context.newPage();
  await page.goto(`${product.url}/${link}`);
  return page;
}

async function fillIn(page: Page, name: string, password: string): Promise<void> {
  await page.getByTestId('login-name').fill(name);
  await page.getByTestId('login-password').fill(password);
  await page.getByTestId('login-submit').click();
}

test('sign-in by the form; the others see the name', async () => {
  const first = await open('');
  await fillIn(first, 'Anna Müller', PASSWORDS.user);
  await picture(first);
  const second = await open('');
  await fillIn(second, 'Ben', PASSWORDS.admin);
  await picture(second);
  for (const page of [first, second]) {
    const people = page.getByTestId('people');
    if (!(await people.isVisible())) await page.getByTestId('people-toggle').click();
    await expect.poll(() => people.textContent()).toContain('Anna Müller');
    expect(await people.textContent()).toContain('Ben');
  }
});

test('sign-in by a link; the password leaves the address bar and is not sent in an address', async () => {
  const addresses: string[] = [];
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  const page = await context.newPage();
  page.on('request', (request) => addresses.push(request.url()));
  page.on('websocket', (socket) => addresses.push(socket.url()));
  await page.goto(`${product.url}/#name=Linked&password=${PASSWORDS.user}`);
  await picture(page);
  expect(page.url()).not.toContain(PASSWORDS.user);
  expect(addresses.filter((address) => address.replace(/#.*/, '').includes(PASSWORDS.user))).toEqual([]);
  expect(product.output()).not.toContain(PASSWORDS.user);
});

test('on a phone a tap is a click, and the controls fit', async () => {
  const client = await XClient.open(product.display, { width: 1280, height: 720 });
  onTestFinished(() => client.close());
  const page = await open(`#name=Phone&password=${PASSWORDS.user}`, {
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
  });
  await picture(page);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await page.getByTestId('ask-control').filter({ visible: true }).first().tap();
  await page.getByTestId('release-control').filter({ visible: true }).first().waitFor();
  const box = (await page.getByTestId('video').boundingBox())!;
  const [x, y] = [320, 500];
  await page.touchscreen.tap(box.x + ((x + 0.5) * box.width) / 1280, box.y + ((y + 0.5) * box.height) / 720);
  const press = await waitFor('a click', async () => {
    await client.sync();
    return client.inputs.find((input) => input.kind === 'button-down');
  });
  if (press.kind !== 'button-down') throw new Error('not a button');
  expect(press.button).toBe(1);
  // A pixel of the phone is more than three of the desktop.
  expect(Math.abs(press.x - x)).toBeLessThanOrEqual(4);
  expect(Math.abs(press.y - y)).toBeLessThanOrEqual(4);
  await waitFor('the button let go', () => client.inputs.some((input) => input.kind === 'button-up'));
});

// The last test: it uses up the free failures of this address.
test('a wrong password is refused in words, and too many of them make everybody wait', async () => {
  const page = await open('');
  const message = page.getByTestId('login-message');
  await fillIn(page, 'Mallory', 'wrong');
  await expect.poll(() => message.textContent()).toContain('The name or the password is not right.');
  await waitFor('the throttle', async () => {
    if (!(await page.getByTestId('login-submit').isEnabled())) return /too many/i.test((await message.textContent()) ?? '');
    await fillIn(page, 'Mallory', 'wrong');
    return false;
  });
  expect(await message.textContent()).toMatch(/You can try again in \d+ seconds?\./);
  expect(await page.getByTestId('login-submit').isDisabled()).toBe(true);
});

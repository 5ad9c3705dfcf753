import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { launchChromium } from '../support/browsers/chromium.js';
import { openViewer, type ViewerOptions } from '../support/peers/viewer.js';
import { type Product, startProduct } from '../support/servers/product.js';
import { waitFor } from '../support/wait-for.js';
import { XClient } from '../support/x/x-client.js';

/** Over plain HTTP under a name that is not this machine's own, a page has no access to the clipboard, as in most homes. */
const HOST = 'desk.test';

let product: Product;
let browser: Browser;

beforeAll(async () => {
  const launching = launchChromium({ args: [`--host-resolver-rules=MAP ${HOST} 127.0.0.1`] });
  [product, browser] = await Promise.all([startProduct(), launching]);
  product = { ...product, url: product.url.replace('127.0.0.1', HOST) };
});
afterAll(async () => {
  await browser?.close();
  await product?.stop();
});

interface Desk {
  readonly page: Page;
  readonly client: XClient;
}

/** A viewer in control, and an application on the desktop that takes what it does. */
async function desk(name: string, options: ViewerOptions = {}): Promise<Desk> {
  const client = await XClient.open(product.display, { width: 1280, height: 720 });
  onTestFinished(() => client.close());
  const { page, close } = await openViewer(browser, product, name, { ...options, initScript: keepMessages });
  onTestFinished(close);
  await page.getByTestId('ask-control').filter({ visible: true }).first().click();
  await page.getByTestId('release-control').waitFor();
  await page.getByTestId('video').click();
  await waitFor('the click', async () => {
    await client.sync();
    return client.inputs.some(({ kind }) => kind === 'button-up');
  });
  return { page, client };
}

/** Keeps what the server sends, so that a test can wait for it. */
function keepMessages(): void {
  const heard: string[] = [];
  Object.assign(window, { heard });
  const Original = window.WebSocket;
  window.WebSocket = class extends Original {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      this.addEventListener('message', ({ data }) => heard.push(String(data)));
    }
  };
}

/** Another program on the desktop copies a text; resolves when the page was told. */
async function copyOnDesktop(page: Page, text: string): Promise<void> {
  const owner = spawn('xclip', ['-quiet', '-selection', 'clipboard'], { env: { ...process.env, DISPLAY: product.display } });
  onTestFinished(() => void owner.kill());
  owner.stdin.end(text);
  await page.waitForFunction(
    (wanted) =>
      (window as { heard?: string[] }).heard?.some((line) => line.includes('clipboard/updated') && line.includes(wanted)),
    text,
  );
}

async function desktopClipboard(): Promise<string> {
  const { stdout } = await promisify(execFile)('xclip', ['-o', '-selection', 'clipboard'], {
    env: { ...process.env, DISPLAY: product.display },
  });
  return stdout;
}

/** Puts a text on this device's clipboard, as another page would. */
async function copyHere(page: Page, text: string): Promise<void> {
  const other = await page.context().newPage();
  await other.goto(`${product.url}/health`);
  await other.evaluate((value) => {
    document.body.innerHTML = '<textarea></textarea>';
    const field = document.querySelector('textarea')!;
    field.value = value;
    field.select();
  }, text);
  await other.keyboard.press('Control+c');
  await other.close();
  await page.bringToFront();
}

test('plain HTTP: what the desktop copied is pasted there, until something newer is copied here', async () => {
  const { page, client } = await desk('copier');
  expect(await page.evaluate(() => [isSecureContext, 'clipboard' in navigator])).toEqual([false, false]);
  await copyHere(page, 'old text of this device');
  await copyOnDesktop(page, 'newer text of the desktop');
  await page.keyboard.press('Control+v');
  await waitFor('the paste key', () => client.keysAndButtons().includes('-v'));
  expect(await desktopClipboard()).toBe('newer text of the desktop');

  await page.evaluate(() => window.dispatchEvent(new Event('blur')));
  await copyHere(page, 'newest text of this device');
  await page.keyboard.press('Control+v');
  await waitFor('the newest text', async () => (await desktopClipboard()) === 'newest text of this device');
});

test('what is copied on the desktop and too large to come here is told in the clipboard panel', async () => {
  const { page } = await desk('too-much');
  const owner = spawn('xclip', ['-quiet', '-selection', 'clipboard'], { env: { ...process.env, DISPLAY: product.display } });
  onTestFinished(() => void owner.kill());
  owner.stdin.end('x'.repeat(9 * 1024 * 1024));
  await page.getByTestId('clipboard-toggle').filter({ visible: true }).click();
  await page.getByTestId('clipboard-refusal').waitFor();
  expect(await page.getByTestId('clipboard-refusal').textContent()).toContain('larger than 8 MiB');
});

test('pasted lines end in line feeds', async () => {
  const { page } = await desk('pasting');
  await page.evaluate(() => {
    const data = new DataTransfer();
    data.setData('text/plain', 'one\r\ntwo\rthree');
    document.activeElement!.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  });
  await waitFor('the text', async () => (await desktopClipboard().catch(() => '')) === 'one\ntwo\nthree');
});

test('a pen clicks, its barrel button is the right one', async () => {
  const { page, client } = await desk('drawing');
  const from = client.inputs.length;
  // As Chromium reports a pen: pointer events, and touch events that we prevent, so that no mouse events follow.
  await page.evaluate(() => {
    const video = document.querySelector('[data-testid=video]')!;
    const { left, top, width, height } = video.getBoundingClientRect();
    const at = { clientX: left + width / 2, clientY: top + height / 2, bubbles: true, cancelable: true, pointerId: 7 };
    for (const button of [0, 2]) {
      video.dispatchEvent(new PointerEvent('pointerdown', { ...at, pointerType: 'pen', button, buttons: button === 0 ? 1 : 2 }));
      video.dispatchEvent(new PointerEvent('pointerup', { ...at, pointerType: 'pen', button, buttons: 0 }));
    }
  });
  await waitFor('both clicks', async () => {
    await client.sync();
    return client.inputs.slice(from).filter(({ kind }) => kind === 'button-up').length === 2;
  });
  const pressed = client.inputs
    .slice(from)
    .flatMap((input) => (input.kind === 'button-down' ? [[input.button, input.x, input.y]] : []));
  expect(pressed.map(([button]) => button)).toEqual([1, 3]);
  for (const [, x = 0, y = 0] of pressed) {
    expect(Math.abs(x - 640)).toBeLessThanOrEqual(2);
    expect(Math.abs(y - 360)).toBeLessThanOrEqual(2);
  }
});

test('both Shifts with one release lost: the next key finds it out', async () => {
  const { page, client } = await desk('shifting');
  await page.keyboard.down('ShiftLeft');
  await page.keyboard.down('ShiftRight');
  await page.keyboard.up('ShiftLeft');
  await waitFor('one Shift up', async () => {
    await client.sync();
    return client.inputs.some(({ kind }) => kind === 'key-up');
  });
  expect((await client.state()) & 1).toBe(1);
  await page.keyboard.press('a');
  await waitFor('an a', () => client.typed().endsWith('a'));
  expect((await client.state()) & 1).toBe(0);
});

test('a key without a place on the keyboard is released, whatever its release is called', async () => {
  const { page, client } = await desk('auto-type');
  await page.evaluate(() => {
    const field = document.activeElement!;
    field.dispatchEvent(new KeyboardEvent('keydown', { key: 'A', code: '', bubbles: true, cancelable: true }));
    field.dispatchEvent(new KeyboardEvent('keyup', { key: 'a', code: '', bubbles: true, cancelable: true }));
    field.dispatchEvent(new KeyboardEvent('keydown', { key: 'b', code: '', bubbles: true, cancelable: true }));
  });
  await waitFor('both letters up', async () => {
    await client.sync();
    return client.keysAndButtons().includes('-b');
  });
  const up = client.keysAndButtons().filter((each) => /^-[ab]$/i.test(each));
  expect(up.map((each) => each.toLowerCase())).toEqual(['-a', '-b']);
});

test('Backspace on a phone before anything was typed', async () => {
  const { page, client } = await desk('phone', { viewport: { width: 390, height: 844 }, hasTouch: true });
  await page.getByTestId('keyboard-toggle').filter({ visible: true }).first().click();
  await page.waitForFunction(() => (document.activeElement as HTMLElement | null)?.inputMode === 'text');
  // As on-screen keyboards do it: no key, only what becomes of the field.
  await page.evaluate(() => {
    document.execCommand('delete');
    document.execCommand('delete');
    document.execCommand('insertText', false, 'x');
  });
  await waitFor('an x', async () => {
    await client.sync();
    return client.typed().includes('x');
  });
  expect(client.keysAndButtons().filter((each) => each === '+0xff08')).toHaveLength(2);
});

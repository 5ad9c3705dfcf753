import type { Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { PASSWORDS } from '../servers/product.js';
import type { Host } from './host.js';
import { launchIn } from './net-browser.js';

export interface SeenPath {
  readonly label: string;
  readonly state: string | null;
  readonly cause: string | null;
  readonly words: string;
}

/** Signs in to the page at `address` with Chromium on this host, whether a picture comes or not. */
export async function openPage(host: Host, address: string): Promise<Page> {
  const browser = await launchIn(host);
  onTestFinished(() => browser.close());
  const page = await browser.newPage();
  await page.goto(`http://${address}/#name=${host.name}&password=${PASSWORDS.user}`);
  await page.getByTestId('connection-state').first().waitFor();
  return page;
}

/** Runs the connection check of the page as its users do, and reads the list. */
export async function checkConnection(page: Page): Promise<readonly SeenPath[]> {
  await page.getByTestId('connection-state').first().click();
  await page.getByTestId('check-connection').click();
  const check = page.getByTestId('connection-check');
  await expect.poll(() => check.getAttribute('data-state'), { timeout: 30_000, interval: 100 }).toMatch(/done|failed/);
  return page.getByTestId('check-path').evaluateAll((paths) =>
    paths.map((path) => ({
      label: path.querySelector('.label')?.textContent ?? '',
      state: path.getAttribute('data-state'),
      cause: path.getAttribute('data-cause'),
      words: path.textContent ?? '',
    })),
  );
}

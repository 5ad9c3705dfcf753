import { expect, onTestFinished, test } from 'vitest';
import { launchChromium } from '../support/browsers/chromium.js';
import { freePort } from '../support/free-port.mjs';
import { openViewer } from '../support/peers/viewer.js';
import { startProduct } from '../support/servers/product.js';
import { ServerProcess } from '../support/servers/server-process.js';
import { waitFor } from '../support/wait-for.js';
import { startXServer } from '../support/x/x-server.js';

const FAILURES = /stream failed(?! again).*PulseAudio does not answer .*start it, or name its socket in PULSE_SERVER/g;

test('without PulseAudio there is a picture, and the log says once what is missing', async () => {
  const [product, browser] = await Promise.all([
    startProduct({ env: { PULSE_SERVER: 'unix:/nonexistent/pulse', NEKO_LOG_LEVEL: 'debug' } }),
    launchChromium(),
  ]);
  onTestFinished(async () => {
    await browser.close();
    await product.stop();
  });
  await openViewer(browser, product, 'watcher');
  await waitFor('further tries', () => product.output().includes('stream failed again'));
  expect(product.output().match(FAILURES)).toHaveLength(1);
  expect((await fetch(`${product.url}/health`)).status).toBe(200);
});

test('without an encoder the server ends and says what to install', async () => {
  const x = await startXServer({ first: 60 });
  onTestFinished(() => x.stop());
  const server = new ServerProcess({
    env: {
      NEKO_DESKTOP_DISPLAY: x.display,
      NEKO_SERVER_BIND: `127.0.0.1:${await freePort()}`,
      NEKO_WEBRTC_IP_RETRIEVAL_URL: '',
      GST_PLUGIN_SYSTEM_PATH: '/nonexistent',
      GST_REGISTRY: '/dev/null',
    },
  });
  await expect(server.start()).rejects.toThrow('the server ended with 1');
  expect(server.output).toMatch(/no picture can be encoded: GStreamer has no element "\w+": install gstreamer1\.0-/);
});

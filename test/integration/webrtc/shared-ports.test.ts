import { expect, onTestFinished, test } from 'vitest';
import { startProduct } from '../../support/servers/product.js';
import { waitFor } from '../../support/wait-for.js';
import { startXProgram } from '../../support/x/x-program.js';
import { LibwebrtcViewer } from './libwebrtc-viewer.js';

test('IT22 on a range of two ports six viewers watch at once, and go on when two of them leave', async () => {
  const product = await startProduct({ env: { NEKO_WEBRTC_EPR: '13430-13431' } });
  onTestFinished(() => product.stop());
  const painter = await startXProgram('painter', product.display, [1000, 500, 160, 120, 30]);
  onTestFinished(() => painter.stop());
  const viewers = await Promise.all(
    Array.from({ length: 6 }, async (_, i) => LibwebrtcViewer.open(product.url, await product.login('user', `viewer ${i}`))),
  );
  onTestFinished(() => {
    for (const viewer of viewers) viewer.close();
  });
  expect(viewers.map(({ isConnected }) => isConnected)).toEqual(viewers.map(() => true));
  for (const viewer of viewers.slice(0, 2)) viewer.close();
  const stay = viewers.slice(2);
  const before = stay.map(({ frames }) => frames);
  await waitFor('frames for all who stayed', () => stay.every(({ frames }, i) => frames > before[i]! + 20));
  expect(stay.every(({ isConnected }) => isConnected)).toBe(true);
});

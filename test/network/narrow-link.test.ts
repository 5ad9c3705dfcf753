import { describe, expect, test } from 'vitest';
import { canMakeNetworks } from '../support/net/lab.js';
import { canMakeLinks } from '../support/net/link/link.js';
import type { LinkQuality } from '../support/net/link/link-quality.js';
import { useLab } from '../support/net/use-lab.js';

const WIDE: LinkQuality = { rateBps: 4_000_000, delayMs: 20, queueBytes: 30_000 };
const NARROW: LinkQuality = { ...WIDE, rateBps: 400_000 };

describe.skipIf(!canMakeNetworks || !canMakeLinks)('a link whose rate changes', () => {
  const net = useLab();

  async function watching() {
    const link = await net.link('link', { seed: 1, toLeft: { delayMs: 20 }, toRight: WIDE });
    const server = net.host('server').plug(link.left, ['192.168.1.10/24']);
    const client = net.host('client').plug(link.right, ['192.168.1.20/24']);
    await net.serve(server, { NEKO_WEBRTC_UDPMUX: '59000', NEKO_DESKTOP_SCREEN: '1280x720@30' });
    const browser = await net.browse(client, '192.168.1.10');
    return { link, browser };
  }

  test('VW14 VW15 the page gets a smaller picture while its link is narrow, without a freeze, and the large one again', async () => {
    const { link, browser } = await watching();
    await browser.pictureWidth((width) => width === 1280);
    await link.change({ toRight: NARROW });
    await browser.pictureWidth((width) => width < 1280);
    await browser.watch(30);
    await link.change({ toRight: WIDE });
    await browser.pictureWidth((width) => width === 1280);
    await browser.watch(30);
    const { freezesMs, keyframeDemands } = await browser.disturbances();
    expect(freezesMs).toBeLessThan(1_000);
    expect(keyframeDemands).toBe(0);
    const { toRight } = await link.counts();
    expect(toRight.overflowed / toRight.delivered).toBeLessThan(0.1);
  });
});

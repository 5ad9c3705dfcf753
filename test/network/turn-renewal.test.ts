import { describe, expect, test } from 'vitest';
import { canMakeNetworks } from '../support/net/lab.js';
import type { NetBrowser } from '../support/net/net-browser.js';
import { drop } from '../support/net/rules.js';
import { hasCoturn } from '../support/net/turn-server.js';
import { limited, listed, SECRET, TURN_ADDRESS, useTwoHomes } from '../support/net/two-homes.js';
import { useLab } from '../support/net/use-lab.js';
import { waitFor } from '../support/wait-for.js';

const TTL_MS = 10_000;

/** When the TURN credentials that the page's peer has end, in ms of the wall clock: the user name begins with it. */
function endsAtMs(browser: NetBrowser): Promise<number> {
  return browser.page.evaluate(() => {
    const [server] = window.netPeers!.findLast(({ remoteDescription }) => remoteDescription)!.getConfiguration().iceServers!;
    return Number(server!.username!.split(':')[0]) * 1000;
  });
}

describe.skipIf(!canMakeNetworks || !hasCoturn)('TURN credentials that end while somebody watches', () => {
  const net = useLab();
  const apart = useTwoHomes(net);

  test('the page has new ones before, and its relay and its ICE restarts use them', async () => {
    const { client, server, turn } = await apart(SECRET);
    await net.serve(server, {
      NEKO_WEBRTC_UDPMUX: '59000',
      NEKO_WEBRTC_ICESERVERS_FRONTEND: listed('UDP', SECRET),
      NEKO_WEBRTC_TURN_TTL: `${TTL_MS}ms`,
      ...limited(SECRET),
    });
    const browser = await net.browse(client, '203.0.113.1');
    const first = await browser.watch();
    expect(first.local).toMatchObject({ type: 'relay', address: TURN_ADDRESS });
    const firstEndsMs = await endsAtMs(browser);

    // The relay in use is one that the new credentials allocated, before the old ones end.
    await waitFor('another relay', async () => (await browser.pair()).local.port !== first.local.port, TTL_MS * 2);
    expect(Date.now()).toBeLessThan(firstEndsMs);
    expect(await endsAtMs(browser)).toBeGreaterThan(firstEndsMs);
    await waitFor('the first credentials to end', () => Date.now() > firstEndsMs + 1_000, TTL_MS * 2);
    await browser.watch();

    // The relay is lost: what the page holds by now is good for another one.
    const { local } = await browser.pair();
    const turnHost = turn.host;
    turnHost.rules(drop('input', `ip daddr ${TURN_ADDRESS} udp dport ${local.port}`));
    turnHost.rules(drop('output', `udp sport ${local.port}`));
    const pair = await browser.watch(20, 30_000);
    expect(pair.local).toMatchObject({ type: 'relay', address: TURN_ADDRESS });
    expect(pair.local.port).not.toBe(local.port);
    expect(await browser.peers()).toBe(1);
    expect(turn.output()).not.toContain('Cannot find credentials');
  });
});

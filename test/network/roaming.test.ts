import { describe, expect, test } from 'vitest';
import { canMakeNetworks } from '../support/net/lab.js';
import { drop, masquerade } from '../support/net/rules.js';
import { useLab } from '../support/net/use-lab.js';

const UDPMUX = { NEKO_WEBRTC_UDPMUX: '59000' };
/** The picture is back within a second of the network. */
const BACK_WITHIN_MS = 1000;

describe.skipIf(!canMakeNetworks)('(i) a viewer on the move', () => {
  const net = useLab();

  /** A client behind a router whose outside address is 203.0.113.2, a server at 203.0.113.10. */
  function behindRouter() {
    const [wan, home] = [net.lan('wan'), net.lan('home')];
    const router = net
      .host('router')
      .plug(wan, ['203.0.113.2/24'], 'wan')
      .plug(home, ['192.168.1.1/24'], 'home')
      .forward()
      .rules(masquerade('wan'));
    return {
      router,
      server: net.host('server').plug(wan, ['203.0.113.10/24']),
      client: net.host('client').plug(home, ['192.168.1.20/24']).via('192.168.1.1'),
    };
  }

  test('the router gets another address: the server follows, over the same peer', async () => {
    const { router, server, client } = behindRouter();
    await net.serve(server, UDPMUX);
    const viewer = net.view(client, '203.0.113.10');
    await viewer.watch();
    router.ip('address', 'delete', '203.0.113.2/24', 'dev', 'wan');
    router.ip('address', 'add', '203.0.113.3/24', 'dev', 'wan');
    await viewer.watch();
    expect(viewer.said.filter(({ event }) => event === 'provide')).toHaveLength(1);
    expect(viewer.last('signal-close')).toBeUndefined();
  });

  test('no network for 10 s: a client that does nothing about it has its picture, seat and control back', async () => {
    const { router, server, client } = behindRouter();
    await net.serve(server, UDPMUX);
    const viewer = net.view(client, '203.0.113.10');
    await viewer.watch();
    viewer.command('control');
    await viewer.until('control', () => viewer.last('control', ({ has_host }) => has_host === true));
    router.rules(drop('forward', 'meta nfproto ipv4'));
    await viewer.until('the connection to be noticed missing', () =>
      viewer.last('state', ({ state }) => state === 'disconnected'),
    );
    await outage(9_000);
    const missed = viewer.pictures();
    await outage(1_000);
    expect(viewer.pictures()).toBe(missed);
    expect(await viewer.backAfter(() => router.removeFilters())).toBeLessThanOrEqual(BACK_WITHIN_MS);
    expect(viewer.said.filter(({ event }) => event === 'provide')).toHaveLength(1);
    expect(viewer.last('control')).toMatchObject({ has_host: true });
    expect(viewer.last('socket-closed')).toBeUndefined();
  });

  test('no network for 30 s: the page has its picture back', async () => {
    const { router, server, client } = behindRouter();
    await net.serve(server, UDPMUX);
    const browser = await net.browse(client, '203.0.113.10');
    router.rules(drop('forward', 'meta nfproto ipv4'));
    await outage(29_000);
    const missed = await browser.frames();
    await outage(1_000);
    expect(await browser.frames()).toBe(missed);
    expect(await browser.backAfter(() => router.removeFilters())).toBeLessThanOrEqual(BACK_WITHIN_MS);
    expect(await browser.peers()).toBe(1);
  });

  test('a network that goes and comes: each time the picture is back at once', async () => {
    const { router, server, client } = behindRouter();
    await net.serve(server, UDPMUX);
    const viewer = net.view(client, '203.0.113.10');
    await viewer.watch();
    const tookMs: number[] = [];
    for (let times = 0; times < 4; times++) {
      router.rules(drop('forward', 'meta nfproto ipv4'));
      // Beyond the 4 s in which silence is not told yet, and at any point between two probes.
      await outage(5_000 + 137 * times);
      tookMs.push(await viewer.backAfter(() => router.removeFilters()));
      await viewer.watch();
    }
    // One of them may meet a machine that is busy with something else.
    expect(tookMs.sort((a, b) => a - b).at(-2), `${tookMs}`).toBeLessThanOrEqual(BACK_WITHIN_MS);
    expect(viewer.said.filter(({ event }) => event === 'provide')).toHaveLength(1);
  });

  test('from one network to another: the page goes on from its new address, control kept', async () => {
    const wan = net.lan('wan');
    const router = (name: string, outside: string, inside: string) => {
      const lan = net.lan(name);
      net
        .host(`${name}-router`)
        .plug(wan, [`${outside}/24`], 'wan')
        .plug(lan, [`${inside}/24`], 'inside')
        .forward()
        .rules(masquerade('wan'));
      return lan;
    };
    const [home, mobile] = [router('home', '203.0.113.2', '192.168.1.1'), router('mobile', '203.0.113.3', '192.168.2.1')];
    const server = net.host('server').plug(wan, ['203.0.113.10/24']);
    const client = net.host('client').plug(home, ['192.168.1.20/24'], 'wifi').via('192.168.1.1');
    await net.serve(server, UDPMUX);
    const browser = await net.browse(client, '203.0.113.10');
    await browser.page.getByTestId('ask-control').click();
    await browser.page.getByTestId('release-control').waitFor();
    expect(await browser.watch()).toMatchObject({ local: { address: '203.0.113.2' } });
    client.unplug('wifi');
    await outage(1_000);
    const join = () => client.plug(mobile, ['192.168.2.20/24'], 'mobile').via('192.168.2.1');
    expect(await browser.backAfter(join)).toBeLessThanOrEqual(BACK_WITHIN_MS);
    expect(await browser.peers()).toBe(1);
    expect(await browser.watch(2)).toMatchObject({ remote: { address: '203.0.113.10' } });
    await browser.page.getByTestId('release-control').waitFor();
  });
});

/** The length of an outage is what is tested, so that it is waited for. */
function outage(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

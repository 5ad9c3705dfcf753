import { describe, expect, test } from 'vitest';
import { canMakeNetworks } from '../support/net/lab.js';
import { drop } from '../support/net/rules.js';
import { useLab } from '../support/net/use-lab.js';

describe.skipIf(!canMakeNetworks)('Chromium', () => {
  const net = useLab();

  test('(a) (d) on the same LAN: over UDP, and over ICE-TCP once UDP is dropped', async () => {
    const lan = net.lan('lan');
    const server = net.host('server').plug(lan, ['192.168.1.10/24']);
    const client = net.host('client').plug(lan, ['192.168.1.20/24']);
    await net.serve(server, { NEKO_WEBRTC_UDPMUX: '59000', NEKO_WEBRTC_TCPMUX: '59000' });
    const direct = await net.browse(client, '192.168.1.10');
    expect(await direct.watch()).toMatchObject({
      local: { protocol: 'udp' },
      remote: { type: 'host', protocol: 'udp', address: '192.168.1.10', port: 59_000 },
    });
    await direct.close();
    client.rules(drop('input', 'meta l4proto udp'));
    expect(await (await net.browse(client, '192.168.1.10')).watch()).toMatchObject({
      local: { protocol: 'tcp' },
      remote: { type: 'host', protocol: 'tcp', address: '192.168.1.10', port: 59_000 },
    });
  });

  test('(g) IPv6 is all there is', async () => {
    const lan = net.lan('lan');
    const server = net.host('server').plug(lan, ['2001:db8:1::10/64']);
    const client = net.host('client').plug(lan, ['2001:db8:1::20/64']);
    await net.serve(server, { NEKO_WEBRTC_UDPMUX: '59000' });
    expect(await (await net.browse(client, '[2001:db8:1::10]')).watch()).toMatchObject({
      local: { protocol: 'udp' },
      remote: { type: 'host', protocol: 'udp', address: '2001:db8:1::10', port: 59_000 },
    });
  });
});

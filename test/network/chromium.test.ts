import { describe, expect, test } from 'vitest';
import { canMakeNetworks } from '../support/net/lab.js';
import { closedTo, drop, mapPort, masquerade } from '../support/net/rules.js';
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

  test('(e) one published TCP port is enough', async () => {
    const wan = net.lan('wan');
    const office = net.lan('office');
    net
      .host('gateway')
      .plug(wan, ['203.0.113.1/24'], 'wan')
      .plug(office, ['10.7.0.1/24'], 'inside')
      .forward()
      .rules(mapPort('tcp', '203.0.113.1', 8080, '10.7.0.10', 8080) + masquerade('wan') + closedTo('wan'));
    const server = net.host('server').plug(office, ['10.7.0.10/24']).via('10.7.0.1');
    const client = net.host('client').plug(wan, ['203.0.113.20/24']);
    await net.serve(server, {
      NEKO_WEBRTC_UDPMUX: '8080',
      NEKO_WEBRTC_TCPMUX: '8080',
      NEKO_WEBRTC_NAT1TO1: '203.0.113.1',
    });
    expect(await (await net.browse(client, '203.0.113.1')).watch()).toMatchObject({
      local: { protocol: 'tcp' },
      remote: { type: 'host', protocol: 'tcp', address: '203.0.113.1', port: 8080 },
    });
  });

  test('a range of one port: the next viewer shares it, and the first goes on watching', async () => {
    const lan = net.lan('lan');
    const server = net.host('server').plug(lan, ['192.168.1.10/24']);
    const client = net.host('client').plug(lan, ['192.168.1.20/24']);
    await net.serve(server, { NEKO_WEBRTC_EPR: '52000' });
    const first = net.view(client, '192.168.1.10');
    await first.watch();
    const second = await net.browse(client, '192.168.1.10');
    expect(await second.watch()).toMatchObject({ remote: { type: 'host', address: '192.168.1.10', port: 52_000 } });
    expect(await first.watch()).toMatchObject({ remote: { address: '192.168.1.10', port: 52_000 } });
  });
});

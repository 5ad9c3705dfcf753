import { describe, expect, test } from 'vitest';
import { canMakeNetworks } from '../support/net/lab.js';
import { MODES } from '../support/net/modes.js';
import { drop } from '../support/net/rules.js';
import { useLab } from '../support/net/use-lab.js';

describe.skipIf(!canMakeNetworks)('where UDP is dropped', () => {
  const net = useLab();

  test.each(MODES)('(d) (k) the TCP mux on the number of the UDP mux carries the picture: %s', async (_name, mode) => {
    const lan = net.lan('lan');
    const server = net.host('server').plug(lan, ['192.168.1.10/24']);
    const client = net.host('client').plug(lan, ['192.168.1.20/24']).rules(drop('input', 'meta l4proto udp'));
    await net.serve(server, { NEKO_WEBRTC_UDPMUX: '59000', NEKO_WEBRTC_TCPMUX: '59000', ...mode });
    const viewer = net.view(client, '192.168.1.10');
    expect(await viewer.watch(20)).toMatchObject({
      local: { protocol: 'tcp', address: '192.168.1.20' },
      remote: { type: 'host', protocol: 'tcp', address: '192.168.1.10', port: 59_000 },
    });
    expect(await viewer.joinAgain(3)).toBeLessThanOrEqual(1000);
  });

  test.each(MODES)('(e) (k) all but the HTTP port is dropped, and that port carries the picture: %s', async (_name, mode) => {
    const lan = net.lan('lan');
    const server = net
      .host('server')
      .plug(lan, ['192.168.1.10/24'])
      .rules(drop('input', 'iifname "eth0" tcp dport != 8080') + drop('input', 'iifname "eth0" meta l4proto udp'));
    const client = net.host('client').plug(lan, ['192.168.1.20/24']);
    await net.serve(server, { NEKO_WEBRTC_UDPMUX: '59000', NEKO_WEBRTC_TCPMUX: '8080', ...mode });
    const viewer = net.view(client, '192.168.1.10');
    expect(await viewer.watch(20)).toMatchObject({
      local: { protocol: 'tcp', address: '192.168.1.20' },
      remote: { type: 'host', protocol: 'tcp', address: '192.168.1.10', port: 8080 },
    });
    expect(await viewer.joinAgain(3)).toBeLessThanOrEqual(1000);
  });
});

import { describe, expect, test } from 'vitest';
import { canMakeNetworks } from '../support/net/lab.js';
import { MODES } from '../support/net/modes.js';
import { drop } from '../support/net/rules.js';
import { useLab } from '../support/net/use-lab.js';

const UDPMUX = { NEKO_WEBRTC_UDPMUX: '59000' };

describe.skipIf(!canMakeNetworks)('on one network', () => {
  const net = useLab();

  test.each(MODES)('(a) (k) a viewer on the same LAN is connected directly within 300 ms: %s', async (_name, mode) => {
    const lan = net.lan('lan');
    const server = net.host('server').plug(lan, ['192.168.1.10/24']);
    const client = net.host('client').plug(lan, ['192.168.1.20/24']);
    await net.serve(server, { ...UDPMUX, ...mode });
    const viewer = net.view(client, '192.168.1.10');
    expect(await viewer.watch()).toMatchObject({
      local: { protocol: 'udp', address: '192.168.1.20' },
      remote: { type: 'host', protocol: 'udp', address: '192.168.1.10', port: 59_000 },
    });
    expect(await viewer.joinAgain(5)).toBeLessThanOrEqual(300);
    expect(viewer.last('provide')).toMatchObject({ lite: mode.NEKO_WEBRTC_ICELITE === 'true' });
  });

  test('(a) every viewer has a port of the range, and those beyond share them', async () => {
    const lan = net.lan('lan');
    const server = net.host('server').plug(lan, ['192.168.1.10/24']);
    const client = net.host('client').plug(lan, ['192.168.1.20/24']);
    await net.serve(server, { NEKO_WEBRTC_EPR: '52000-52001' });
    const viewers = ['one', 'two'].map((name) => net.view(client, '192.168.1.10', { name }));
    const pairs = await Promise.all(viewers.map((viewer) => viewer.watch()));
    expect(pairs.map(({ remote }) => remote.port).sort()).toEqual([52_000, 52_001]);
    const third = await net.view(client, '192.168.1.10', { name: 'three' }).watch();
    expect([52_000, 52_001]).toContain(third.remote.port);
    expect(net.server.output()).toContain('every UDP port of NEKO_WEBRTC_EPR is in use');
  });

  test('(g) IPv6 is all there is', async () => {
    const lan = net.lan('lan');
    const server = net.host('server').plug(lan, ['2001:db8:1::10/64']);
    const client = net.host('client').plug(lan, ['2001:db8:1::20/64']);
    await net.serve(server, UDPMUX);
    expect(await net.view(client, '2001:db8:1::10').watch()).toMatchObject({
      local: { protocol: 'udp', address: '2001:db8:1::20' },
      remote: { type: 'host', protocol: 'udp', address: '2001:db8:1::10', port: 59_000 },
    });
  });

  test('(g) IPv6 is all there is, over ICE-TCP', async () => {
    const lan = net.lan('lan');
    const server = net.host('server').plug(lan, ['2001:db8:1::10/64']);
    const client = net.host('client').plug(lan, ['2001:db8:1::20/64']);
    await net.serve(server, { NEKO_WEBRTC_TCPMUX: '59000' });
    expect(await net.view(client, '2001:db8:1::10').watch()).toMatchObject({
      remote: { type: 'host', protocol: 'tcp', address: '2001:db8:1::10', port: 59_000 },
    });
  });

  test('a twentieth of all packets lost: the picture goes on', async () => {
    const lan = net.lan('lan');
    const server = net.host('server').plug(lan, ['192.168.1.10/24']);
    const client = net
      .host('client')
      .plug(lan, ['192.168.1.20/24'])
      .rules(drop('input', 'udp dport > 0 numgen random mod 100 < 5'));
    await net.serve(server, UDPMUX);
    await net.view(client, '192.168.1.10').watch(40);
  });
});

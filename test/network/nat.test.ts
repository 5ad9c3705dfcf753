import { describe, expect, test } from 'vitest';
import { canMakeNetworks } from '../support/net/lab.js';
import { MODES } from '../support/net/modes.js';
import { closedTo, mapPort, masquerade, symmetricNat } from '../support/net/rules.js';
import { useLab } from '../support/net/use-lab.js';

const UDPMUX = { NEKO_WEBRTC_UDPMUX: '59000' };

describe.skipIf(!canMakeNetworks)('behind address translation', () => {
  const net = useLab();

  /** A client in a home whose router has the address 203.0.113.2. */
  function homeOfClient(wan: ReturnType<typeof net.lan>, translation: string) {
    const home = net.lan('home');
    net
      .host('router')
      .plug(wan, ['203.0.113.2/24'], 'wan')
      .plug(home, ['192.168.1.1/24'], 'home')
      .forward()
      .rules(translation + closedTo('wan'));
    return net.host('client').plug(home, ['192.168.1.20/24']).via('192.168.1.1');
  }

  /** A server in a home whose router has the address 203.0.113.1 and passes these ports on. */
  function homeOfServer(wan: ReturnType<typeof net.lan>, ports: readonly string[]) {
    const home = net.lan('office');
    net
      .host('gateway')
      .plug(wan, ['203.0.113.1/24'], 'wan')
      .plug(home, ['10.7.0.1/24'], 'home')
      .forward()
      .rules([mapPort('tcp', '203.0.113.1', 8080, '10.7.0.10', 8080), ...ports, masquerade('wan'), closedTo('wan')].join(''));
    const host = net.host('server').plug(home, ['10.7.0.10/24']).via('10.7.0.1');
    return { home, host };
  }

  test.each(MODES)('(b) (k) a viewer behind a masquerading router: %s', async (_name, mode) => {
    const wan = net.lan('wan');
    const server = net.host('server').plug(wan, ['203.0.113.10/24']);
    const client = homeOfClient(wan, masquerade('wan'));
    await net.serve(server, { ...UDPMUX, ...mode });
    const viewer = net.view(client, '203.0.113.10');
    expect(await viewer.watch()).toMatchObject({
      local: { protocol: 'udp' },
      remote: { type: 'host', protocol: 'udp', address: '203.0.113.10', port: 59_000 },
    });
    expect(await viewer.joinAgain(3)).toBeLessThanOrEqual(300);
  });

  test('(b) a viewer behind a symmetric NAT, the server with a port range', async () => {
    const wan = net.lan('wan');
    const server = net.host('server').plug(wan, ['203.0.113.10/24']);
    const client = homeOfClient(wan, symmetricNat('wan'));
    await net.serve(server, { NEKO_WEBRTC_EPR: '52000-52100' });
    const { remote } = await net.view(client, '203.0.113.10').watch();
    expect(remote).toMatchObject({ type: 'host', protocol: 'udp', address: '203.0.113.10' });
    expect(remote.port).toBeGreaterThanOrEqual(52_000);
    expect(remote.port).toBeLessThanOrEqual(52_100);
  });

  const MAPPED = mapPort('udp', '203.0.113.1', 59_000, '10.7.0.10', 59_000);
  test.each<[string, string, Record<string, string>, number]>([
    ['a mapped port and NAT1TO1', MAPPED, { NEKO_WEBRTC_NAT1TO1: '203.0.113.1' }, 59_000],
    ['a host name in NAT1TO1', MAPPED, { NEKO_WEBRTC_NAT1TO1: 'neko.example.net' }, 59_000],
    [
      'another external port and CANDIDATES',
      mapPort('udp', '203.0.113.1', 41_000, '10.7.0.10', 59_000),
      { NEKO_WEBRTC_CANDIDATES: '203.0.113.1:41000' },
      41_000,
    ],
    [
      'another external port and CANDIDATES with a host name',
      mapPort('udp', '203.0.113.1', 41_000, '10.7.0.10', 59_000),
      { NEKO_WEBRTC_CANDIDATES: 'neko.example.net:41000' },
      41_000,
    ],
  ])('(c) the server behind a router, the viewer behind another: %s', async (_name, mapping, env, port) => {
    const wan = net.lan('wan');
    const { host } = homeOfServer(wan, [mapping]);
    host.knows('neko.example.net', '203.0.113.1');
    const client = homeOfClient(wan, masquerade('wan'));
    await net.serve(host, { ...UDPMUX, ...env });
    const viewer = net.view(client, '203.0.113.1');
    expect(await viewer.watch()).toMatchObject({
      remote: { type: 'host', protocol: 'udp', address: '203.0.113.1', port },
    });
    expect(await viewer.joinAgain(3)).toBeLessThanOrEqual(300);
  });

  test('(c) the mapped TCP port and NAT1TO1', async () => {
    const wan = net.lan('wan');
    const { host } = homeOfServer(wan, [mapPort('tcp', '203.0.113.1', 59_000, '10.7.0.10', 59_000)]);
    const client = homeOfClient(wan, masquerade('wan'));
    await net.serve(host, { NEKO_WEBRTC_TCPMUX: '59000', NEKO_WEBRTC_NAT1TO1: '203.0.113.1' });
    expect(await net.view(client, '203.0.113.1').watch()).toMatchObject({
      remote: { type: 'host', protocol: 'tcp', address: '203.0.113.1', port: 59_000 },
    });
  });

  test('(h) two external addresses: the LAN and both outsides watch at once, each over its own address', async () => {
    const [first, second, home] = [net.lan('wan-1'), net.lan('wan-2'), net.lan('office')];
    const ports = ['203.0.113.1', '198.51.100.1'].flatMap((external) => [
      mapPort('tcp', external, 8080, '10.7.0.10', 8080),
      mapPort('udp', external, 59_000, '10.7.0.10', 59_000),
    ]);
    net
      .host('gateway')
      .plug(first, ['203.0.113.1/24'], 'wan1')
      .plug(second, ['198.51.100.1/24'], 'wan2')
      .plug(home, ['10.7.0.1/24'], 'home')
      .forward()
      .rules([...ports, masquerade('wan1'), masquerade('wan2'), closedTo('wan1'), closedTo('wan2')].join(''));
    const host = net.host('server').plug(home, ['10.7.0.10/24']).via('10.7.0.1');
    const clients = [
      [net.host('lan-client').plug(home, ['10.7.0.20/24']), '10.7.0.10'],
      [net.host('wan-client-1').plug(first, ['203.0.113.20/24']), '203.0.113.1'],
      [net.host('wan-client-2').plug(second, ['198.51.100.20/24']), '198.51.100.1'],
    ] as const;
    await net.serve(host, { ...UDPMUX, NEKO_WEBRTC_NAT1TO1: '203.0.113.1 198.51.100.1' });
    const viewers = clients.map(([client, address]) => net.view(client, address));
    for (const [index, [, address]] of clients.entries()) {
      expect(await viewers[index]!.watch()).toMatchObject({ remote: { type: 'host', protocol: 'udp', address, port: 59_000 } });
    }
    expect(viewers[0]!.serverCandidates()[0]).toContain(' 10.7.0.10 59000 ');
    expect(viewers[1]!.serverCandidates().join('\n')).not.toContain('10.7.0.10');
  });
});

import { describe, expect, onTestFinished, test } from 'vitest';
import { canMakeNetworks } from '../support/net/lab.js';
import { closedTo, mapPort, masquerade } from '../support/net/rules.js';
import { hasCoturn, startTurnServer } from '../support/net/turn-server.js';
import { useLab } from '../support/net/use-lab.js';
import { waitFor } from '../support/wait-for.js';

const BOTH_MUXES = { NEKO_WEBRTC_UDPMUX: '59000', NEKO_WEBRTC_TCPMUX: '59000' };

describe.skipIf(!canMakeNetworks)('addresses of the server that come and go', () => {
  const net = useLab();

  test.each([
    ['udp', 'udp4,udp6'],
    ['tcp', 'tcp4,tcp6'],
  ])('IT21 a viewer is connected on an address that came after the start, over %s', async (protocol, networks) => {
    const [first, second] = [net.lan('first'), net.lan('second')];
    const server = net.host('server').plug(first, ['192.168.1.10/24']);
    await net.serve(server, { ...BOTH_MUXES, NEKO_WEBRTC_FILTERS_NETWORKS: networks });
    await net.view(net.host('early').plug(first, ['192.168.1.20/24']), '192.168.1.10').watch();
    server.plug(second, ['192.168.2.10/24'], 'eth1');
    const late = net.view(net.host('late').plug(second, ['192.168.2.20/24']), '192.168.2.10');
    expect(await late.watch()).toMatchObject({ remote: { type: 'host', protocol, address: '192.168.2.10', port: 59_000 } });
  });

  test.each([
    ['a UDP mux', { NEKO_WEBRTC_UDPMUX: '59000' }],
    ['a port range', { NEKO_WEBRTC_EPR: '52000-52010' }],
  ])('IT21 a viewer who is connected learns of the new address by an ICE restart: %s', async (_name, ports) => {
    const [page, media] = [net.lan('page'), net.lan('media')];
    const server = net.host('server').plug(page, ['192.168.1.10/24']).plug(media, ['192.168.2.10/24'], 'eth1');
    const client = net.host('client').plug(page, ['192.168.1.20/24']).plug(media, ['192.168.2.20/24'], 'eth1');
    await net.serve(server, { ...ports, NEKO_WEBRTC_FILTERS_INTERFACES: 'eth1' });
    const viewer = net.view(client, '192.168.1.10');
    expect(await viewer.watch()).toMatchObject({ remote: { address: '192.168.2.10' } });
    server.ip('address', 'add', '192.168.2.11/24', 'dev', 'eth1');
    server.ip('address', 'delete', '192.168.2.10/24', 'dev', 'eth1');
    // The second address of a network goes with its first, unless the system promotes it.
    server.ip('address', 'replace', '192.168.2.11/24', 'dev', 'eth1');
    viewer.command('restart');
    await viewer.watch();
    await viewer.until('the new address', () => viewer.last('pair', ({ remote }) => isAt(remote, '192.168.2.11')));
    expect(viewer.said.filter(({ event }) => event === 'provide')).toHaveLength(1);
  });

  test('an IPv6 address that is still tentative does not stop the start, and serves once it is there', async () => {
    const lan = net.lan('lan');
    const server = net.host('server').plug(lan, []);
    const client = net.host('client').plug(lan, ['2001:db8:1::20/64']);
    // Duplicate address detection asks five times, a second apart.
    server.run('sysctl', '-qw', 'net.ipv6.conf.eth0.dad_transmits=5');
    server.ip('address', 'add', '2001:db8:1::10/64', 'dev', 'eth0');
    const tentative = () => server.ip('-6', 'address', 'show', 'dev', 'eth0', 'scope', 'global', 'tentative').includes('::10');
    expect(tentative()).toBe(true);
    await net.serve(server, BOTH_MUXES);
    expect(tentative()).toBe(true);
    await waitFor('the address to be no longer tentative', () => !tentative());
    expect(await net.view(client, '2001:db8:1::10').watch()).toMatchObject({
      remote: { type: 'host', protocol: 'udp', address: '2001:db8:1::10', port: 59_000 },
    });
  });
});

const CREDENTIALS = { kind: 'static', username: 'neko', password: 'static-password' } as const;
const KNOWN = { username: CREDENTIALS.username, credential: CREDENTIALS.password };

describe.skipIf(!canMakeNetworks || !hasCoturn)('addresses that are found out', () => {
  const net = useLab();

  /** A server at 10.7.0.10 behind a router at 203.0.113.1, a STUN and TURN server at `turnAt`, and a viewer behind another router. */
  async function behindRouter(turnAt: 'outside' | 'beside the server', ports = '') {
    const [wan, office, home] = [net.lan('wan'), net.lan('office'), net.lan('home')];
    net
      .host('gateway')
      .plug(wan, ['203.0.113.1/24'], 'wan')
      .plug(office, ['10.7.0.1/24'], 'inside')
      .forward()
      .rules(mapPort('tcp', '203.0.113.1', 8080, '10.7.0.10', 8080) + ports + masquerade('wan') + closedTo('wan'));
    const server = net.host('server').plug(office, ['10.7.0.10/24']).via('10.7.0.1');
    net
      .host('router')
      .plug(wan, ['203.0.113.2/24'], 'wan')
      .plug(home, ['192.168.1.1/24'], 'home')
      .forward()
      .rules(masquerade('wan') + closedTo('wan'));
    const client = net.host('client').plug(home, ['192.168.1.20/24']).via('192.168.1.1');
    const address = turnAt === 'outside' ? '203.0.113.50' : '10.7.0.10';
    const host = turnAt === 'outside' ? net.host('turn').plug(wan, ['203.0.113.50/24']) : server;
    const turn = await startTurnServer(host, { address, name: 'turn.example.net', credentials: CREDENTIALS });
    onTestFinished(() => turn.stop());
    return { server, client };
  }

  test.each([
    ['trickle', {}],
    ['trickle off', { NEKO_WEBRTC_ICETRICKLE: 'false' }],
  ])('stun:port, where the router maps a port of another number: %s', async (_name, mode) => {
    const { server, client } = await behindRouter('outside', mapPort('udp', '203.0.113.1', 41_000, '10.7.0.10', 59_000));
    await net.serve(server, {
      ...mode,
      NEKO_WEBRTC_UDPMUX: '59000',
      NEKO_WEBRTC_ICESERVERS_BACKEND: '[{"urls":["stun:203.0.113.50:3478"]}]',
      NEKO_WEBRTC_CANDIDATES: 'stun:41000',
    });
    const viewer = net.view(client, '203.0.113.1');
    expect(await viewer.watch()).toMatchObject({
      remote: { type: 'host', protocol: 'udp', address: '203.0.113.1', port: 41_000 },
    });
  });

  test('{{public_ip}} and {{private_ip}} in URLs: the viewer relays at the one, the server at the other', async () => {
    const ports = mapPort('tcp', '203.0.113.1', 3478, '10.7.0.10', 3478);
    const { server, client } = await behindRouter('beside the server', ports);
    await net.serve(server, {
      NEKO_WEBRTC_UDPMUX: '59000',
      NEKO_WEBRTC_NAT1TO1: '203.0.113.1',
      NEKO_WEBRTC_ICESERVERS_FRONTEND: JSON.stringify([{ urls: ['turn:{{public_ip}}:3478?transport=tcp'], ...KNOWN }]),
      NEKO_WEBRTC_ICESERVERS_BACKEND: JSON.stringify([{ urls: ['turn:{{private_ip}}:3478'], ...KNOWN }]),
    });
    const viewer = net.view(client, '203.0.113.1', { relayOnly: true });
    expect(await viewer.watch()).toMatchObject({ local: { type: 'relay', relayProtocol: 'tcp', address: '10.7.0.10' } });
    expect(viewer.last('provide')).toMatchObject({ iceservers: [{ urls: ['turn:203.0.113.1:3478?transport=tcp'] }] });
    expect(viewer.serverCandidates().filter((line) => line.includes(' 10.7.0.10 ') && line.includes('typ relay'))).toHaveLength(
      1,
    );
  });
});

function isAt(end: unknown, address: string): boolean {
  return typeof end === 'object' && end !== null && 'address' in end && end.address === address;
}

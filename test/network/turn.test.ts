import { describe, expect, test } from 'vitest';
import { canMakeNetworks } from '../support/net/lab.js';
import { hasCoturn } from '../support/net/turn-server.js';
import {
  type Credentials,
  limited,
  listed,
  SECRET,
  STATIC,
  type Transport,
  TURN_ADDRESS,
  useTwoHomes,
} from '../support/net/two-homes.js';
import { useLab } from '../support/net/use-lab.js';

describe.skipIf(!canMakeNetworks || !hasCoturn)('(f) symmetric NAT on both sides and nothing mapped but the page', () => {
  const net = useLab();
  const apart = useTwoHomes(net);

  test.each<[Transport, Credentials]>([
    ['UDP', STATIC],
    ['TCP', STATIC],
    ['TLS', STATIC],
    ['UDP', SECRET],
    ['TLS', SECRET],
  ])('only the server knows the TURN server, over %s, credentials %o', async (transport, credentials) => {
    const { client, server, turn } = await apart(credentials, transport === 'UDP' ? undefined : 'server');
    await net.serve(server, {
      NEKO_WEBRTC_UDPMUX: '59000',
      NEKO_WEBRTC_ICESERVERS_BACKEND: listed(transport, credentials),
      NODE_EXTRA_CA_CERTS: turn.certificatePath,
      ...limited(credentials),
    });
    const viewer = net.view(client, '203.0.113.1');
    expect(await viewer.watch()).toMatchObject({ remote: { type: 'relay', protocol: 'udp', address: TURN_ADDRESS } });
  });

  test.each([
    ['UDP', STATIC],
    ['TCP', STATIC],
    ['TCP', SECRET],
  ] as const)('both sides know it, and the viewer gets out only over %s, credentials %o', async (transport, credentials) => {
    const { client, server } = await apart(credentials, transport === 'UDP' ? undefined : 'client');
    await net.serve(server, {
      NEKO_WEBRTC_UDPMUX: '59000',
      NEKO_WEBRTC_ICESERVERS_FRONTEND: listed(transport, credentials),
      NEKO_WEBRTC_ICESERVERS_BACKEND: listed('UDP', credentials),
      ...limited(credentials),
    });
    expect(await net.view(client, '203.0.113.1', { relayOnly: true }).watch()).toMatchObject({
      local: { type: 'relay', address: TURN_ADDRESS, relayProtocol: transport.toLowerCase() },
    });
  });

  test.each<[Credentials]>([[STATIC], [SECRET]])(
    'both sides know it, and Chromium gets out only over TLS, credentials %o',
    async (credentials) => {
      const { client, server } = await apart(credentials, 'client');
      await net.serve(server, {
        NEKO_WEBRTC_UDPMUX: '59000',
        NEKO_WEBRTC_ICESERVERS_FRONTEND: listed('TLS', credentials),
        NEKO_WEBRTC_ICESERVERS_BACKEND: listed('UDP', credentials),
        ...limited(credentials),
      });
      expect(await (await net.browse(client, '203.0.113.1')).watch()).toMatchObject({
        local: { type: 'relay', address: TURN_ADDRESS, relayProtocol: 'tls' },
      });
    },
  );

  test('trickle off: the relay stands in the first offer', async () => {
    const { client, server } = await apart(STATIC);
    await net.serve(server, {
      NEKO_WEBRTC_UDPMUX: '59000',
      NEKO_WEBRTC_ICETRICKLE: 'false',
      NEKO_WEBRTC_ICESERVERS_BACKEND: listed('UDP', STATIC),
    });
    const viewer = net.view(client, '203.0.113.1');
    expect(await viewer.watch()).toMatchObject({ remote: { type: 'relay', protocol: 'udp', address: TURN_ADDRESS } });
    expect(String(viewer.last('provide')?.candidates)).toContain('typ relay');
  });
});

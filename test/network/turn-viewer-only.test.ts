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

describe.skipIf(!canMakeNetworks || !hasCoturn)(
  '(f) symmetric NAT on both sides, and only the viewer knows the TURN server',
  () => {
    const net = useLab();
    const apart = useTwoHomes(net);

    test.each<[Transport, Credentials]>([
      ['UDP', STATIC],
      ['TCP', STATIC],
      ['UDP', SECRET],
      ['TCP', SECRET],
    ])('over %s, credentials %o', async (transport, credentials) => {
      const { client, server } = await apart(credentials, transport === 'UDP' ? undefined : 'client');
      await net.serve(server, {
        NEKO_WEBRTC_UDPMUX: '59000',
        NEKO_WEBRTC_ICESERVERS_FRONTEND: listed(transport, credentials),
        ...limited(credentials),
      });
      expect(await net.view(client, '203.0.113.1').watch()).toMatchObject({
        local: { type: 'relay', address: TURN_ADDRESS, relayProtocol: transport.toLowerCase() },
      });
    });

    test.each<[Transport]>([['UDP'], ['TCP']])(
      'over %s, trickle off: our address stands in the first offer',
      async (transport) => {
        const { client, server } = await apart(STATIC, transport === 'UDP' ? undefined : 'client');
        await net.serve(server, {
          NEKO_WEBRTC_UDPMUX: '59000',
          NEKO_WEBRTC_ICETRICKLE: 'false',
          NEKO_WEBRTC_ICESERVERS_FRONTEND: listed(transport, STATIC),
        });
        const viewer = net.view(client, '203.0.113.1');
        expect(await viewer.watch()).toMatchObject({ local: { type: 'relay', address: TURN_ADDRESS } });
        expect(Number(viewer.last('provide')?.ms)).toBeLessThan(2_000);
      },
    );

    test.each([['--no-stun'], ['--secure-stun']])(
      'one that answers no plain binding requests (%s): NAT1TO1 does',
      async (option) => {
        const { client, server } = await apart(STATIC, undefined, [option]);
        await net.serve(server, {
          NEKO_WEBRTC_UDPMUX: '59000',
          NEKO_WEBRTC_NAT1TO1: '203.0.113.1',
          NEKO_WEBRTC_ICESERVERS_FRONTEND: listed('UDP', STATIC),
        });
        expect(await net.view(client, '203.0.113.1').watch()).toMatchObject({ local: { type: 'relay', address: TURN_ADDRESS } });
      },
    );

    test.each<[Credentials]>([[STATIC], [SECRET]])('Chromium, over TLS, credentials %o', async (credentials) => {
      const { client, server } = await apart(credentials, 'client');
      await net.serve(server, {
        NEKO_WEBRTC_UDPMUX: '59000',
        NEKO_WEBRTC_ICESERVERS_FRONTEND: listed('TLS', credentials),
        ...limited(credentials),
      });
      expect(await (await net.browse(client, '203.0.113.1')).watch()).toMatchObject({
        local: { type: 'relay', address: TURN_ADDRESS, relayProtocol: 'tls' },
      });
    });
  },
);

import { describe, expect, onTestFinished, test } from 'vitest';
import type { Host } from '../support/net/host.js';
import { canMakeNetworks } from '../support/net/lab.js';
import { closedTo, drop, mapPort, symmetricNat } from '../support/net/rules.js';
import { hasCoturn, startTurnServer, type TurnServerOptions } from '../support/net/turn-server.js';
import { useLab } from '../support/net/use-lab.js';

const TURN = '203.0.113.50';
const NAME = 'turn.example.net';
const STATIC = { kind: 'static', username: 'neko', password: 'static-password' } as const;
const SECRET = { kind: 'secret', secret: 'shared-secret' } as const;
const URLS = {
  UDP: `turn:${TURN}:3478`,
  TCP: `turn:${TURN}:3478?transport=tcp`,
  TLS: `turns:${NAME}:5349`,
} as const;
type Transport = keyof typeof URLS;

describe.skipIf(!canMakeNetworks || !hasCoturn)('(f) symmetric NAT on both sides and nothing mapped but the page', () => {
  const net = useLab();

  /** Both homes, and a TURN server between them. `onlyTcp` names the home that lets no UDP out. */
  async function apart(credentials: TurnServerOptions['credentials'], onlyTcp: 'client' | 'server' | undefined) {
    const wan = net.lan('wan');
    const home = (name: 'client' | 'server', outside: string, inside: string, address: string, ports = ''): Host => {
      const lan = net.lan(`${name}-home`);
      net
        .host(`${name}-router`)
        .plug(wan, [`${outside}/24`], 'wan')
        .plug(lan, [`${inside}/24`], 'inside')
        .forward()
        .rules(ports + symmetricNat('wan') + closedTo('wan') + (onlyTcp === name ? drop('forward', 'meta l4proto udp') : ''));
      return net
        .host(name)
        .plug(lan, [`${address}/24`])
        .via(inside)
        .knows(NAME, TURN);
    };
    const page = mapPort('tcp', '203.0.113.1', 8080, '10.7.0.10', 8080);
    const client = home('client', '203.0.113.2', '192.168.1.1', '192.168.1.20');
    const server = home('server', '203.0.113.1', '10.7.0.1', '10.7.0.10', page);
    // The next router of the internet: private addresses end here without a word.
    net.host('internet').plug(wan, ['203.0.113.254/24']);
    const host = net
      .host('turn')
      .plug(wan, [`${TURN}/24`])
      .via('203.0.113.254');
    const turn = await startTurnServer(host, { address: TURN, name: NAME, credentials });
    onTestFinished(() => turn.stop());
    return { client, server, turn };
  }

  function listed(transport: Transport, credentials: TurnServerOptions['credentials']): string {
    const known = credentials.kind === 'static' ? { username: credentials.username, credential: credentials.password } : {};
    return JSON.stringify([{ urls: [URLS[transport]], ...known }]);
  }

  const limited = (credentials: TurnServerOptions['credentials']): Record<string, string> =>
    credentials.kind === 'secret' ? { NEKO_WEBRTC_TURN_SECRET: credentials.secret } : {};

  test.each<[Transport, TurnServerOptions['credentials']]>([
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
    expect(await viewer.watch()).toMatchObject({ remote: { type: 'relay', protocol: 'udp', address: TURN } });
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
      local: { type: 'relay', address: TURN, relayProtocol: transport.toLowerCase() },
    });
  });

  test.each<[TurnServerOptions['credentials']]>([[STATIC], [SECRET]])(
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
        local: { type: 'relay', address: TURN, relayProtocol: 'tls' },
      });
    },
  );

  test('trickle off: the relay stands in the first offer', async () => {
    const { client, server } = await apart(STATIC, undefined);
    await net.serve(server, {
      NEKO_WEBRTC_UDPMUX: '59000',
      NEKO_WEBRTC_ICETRICKLE: 'false',
      NEKO_WEBRTC_ICESERVERS_BACKEND: listed('UDP', STATIC),
    });
    const viewer = net.view(client, '203.0.113.1');
    expect(await viewer.watch()).toMatchObject({ remote: { type: 'relay', protocol: 'udp', address: TURN } });
    expect(String(viewer.last('provide')?.candidates)).toContain('typ relay');
  });
});

import { describe, expect, onTestFinished, test } from 'vitest';
import { checkConnection, openPage, type SeenPath } from '../support/net/connection-check.js';
import { canMakeNetworks } from '../support/net/lab.js';
import { startNginx } from '../support/net/nginx.js';
import { closedTo, mapPort, masquerade } from '../support/net/rules.js';
import { useLab } from '../support/net/use-lab.js';
import { hasNginx } from '../support/servers/nginx-configuration.js';

const OUTSIDE = '203.0.113.1';
const INSIDE = '10.7.0.10';
const MUX = { NEKO_WEBRTC_UDPMUX: '59000' };
const BOTH = { ...MUX, NEKO_WEBRTC_TCPMUX: '59000' };
const EXTERNAL = { NEKO_WEBRTC_NAT1TO1: OUTSIDE };
const page = (outer = 8080) => mapPort('tcp', OUTSIDE, outer, INSIDE, 8080);
const media = (protocol: 'udp' | 'tcp', outer = 59_000) => mapPort(protocol, OUTSIDE, outer, INSIDE, 59_000);

interface SetUp {
  readonly name: string;
  readonly ports: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Where the page is opened, and from which side of the router. */
  readonly address?: string;
  readonly from?: 'outside' | 'inside';
  /** Path, and what is said of it. */
  readonly seen: Readonly<Record<string, string>>;
  readonly says: string;
}

const SET_UPS: SetUp[] = [
  {
    name: 'the UDP port is not published',
    ports: [page(), media('tcp')],
    env: { ...BOTH, ...EXTERNAL },
    seen: { 'UDP 203.0.113.1:59000': 'udp-port-not-published', 'TCP 203.0.113.1:59000': 'works' },
    says: '59000:59000/udp',
  },
  {
    name: 'the TCP port is not published',
    ports: [page(), media('udp')],
    env: { ...BOTH, ...EXTERNAL },
    seen: { 'UDP 203.0.113.1:59000': 'works', 'TCP 203.0.113.1:59000': 'tcp-port-not-published' },
    says: '59000:59000/tcp',
  },
  {
    name: 'the UDP port has another number outside',
    ports: [page(), media('udp', 41_000)],
    env: { ...MUX, ...EXTERNAL },
    seen: { 'UDP 203.0.113.1:59000': 'udp-port-not-published' },
    says: 'NEKO_WEBRTC_CANDIDATES=203.0.113.1:59000 in which the port is the outside one',
  },
  {
    name: 'the one port for everything has another number outside',
    ports: [page(9090)],
    env: { NEKO_WEBRTC_TCPMUX: '8080', ...EXTERNAL },
    address: `${OUTSIDE}:9090`,
    seen: { 'TCP 203.0.113.1:8080': 'port-remapped' },
    says: 'NEKO_WEBRTC_CANDIDATES: "203.0.113.1:9090"',
  },
  {
    name: 'NAT1TO1 is an address of the inner network',
    ports: [page(), media('udp')],
    env: { ...MUX, NEKO_WEBRTC_NAT1TO1: INSIDE },
    seen: { 'UDP 10.7.0.10:59000': 'nat1to1-private' },
    says: 'NEKO_WEBRTC_NAT1TO1: "203.0.113.1"',
  },
  {
    name: 'no external address is set',
    ports: [page(), media('udp')],
    env: MUX,
    seen: { 'UDP 10.7.0.10:59000': 'no-external-address' },
    says: 'NEKO_WEBRTC_NAT1TO1: "203.0.113.1"',
  },
  {
    name: 'CANDIDATES names a port that leads nowhere',
    ports: [page(), media('udp')],
    env: { ...MUX, NEKO_WEBRTC_CANDIDATES: `${OUTSIDE}:41000`, NEKO_WEBRTC_FILTERS_CANDIDATES: OUTSIDE },
    seen: { 'UDP 203.0.113.1:41000': 'static-port' },
    says: '41000:59000/udp',
  },
  {
    name: 'the router leads nothing from inside back in',
    ports: [mapPort('udp', OUTSIDE, 59_000, '10.7.0.99', 59_000)],
    env: { ...MUX, ...EXTERNAL },
    address: `${INSIDE}:8080`,
    from: 'inside',
    seen: { 'UDP 10.7.0.10:59000': 'works', 'UDP 203.0.113.1:59000': 'no-hairpin' },
    says: 'NEKO_WEBRTC_NAT1TO1: "203.0.113.1 10.7.0.10"',
  },
];

describe.skipIf(!canMakeNetworks)('(l) the connection check names the cause', () => {
  const net = useLab();

  function behindRouter(ports: readonly string[]) {
    const [wan, office] = [net.lan('wan'), net.lan('office')];
    const gateway = net
      .host('gateway')
      .plug(wan, [`${OUTSIDE}/24`], 'wan')
      .plug(office, ['10.7.0.1/24'], 'inside')
      .forward()
      .rules([...ports, masquerade('wan'), closedTo('wan')].join(''));
    const server = net
      .host('server')
      .plug(office, [`${INSIDE}/24`])
      .via('10.7.0.1');
    return { wan, office, gateway, server };
  }

  test.each(SET_UPS)('$name', async ({ ports, env, address = `${OUTSIDE}:8080`, from = 'outside', seen, says }) => {
    const { wan, office, server } = behindRouter(ports);
    const client =
      from === 'outside'
        ? net.host('client').plug(wan, ['203.0.113.20/24'])
        : net.host('client').plug(office, ['10.7.0.20/24']).via('10.7.0.1');
    await net.serve(server, env);
    const paths = await checkConnection(await openPage(client, address));
    expect(Object.fromEntries(paths.filter(({ label }) => label in seen).map(toldOf))).toEqual(seen);
    expect(paths.map(({ words }) => words).join('\n')).toContain(says);
  });

  test.skipIf(!hasNginx)('a proxy ends the WebSocket sooner than anybody speaks', async () => {
    const { wan, gateway, server } = behindRouter([media('udp')]);
    const client = net.host('client').plug(wan, ['203.0.113.20/24']);
    const nginx = await startNginx(gateway, { upstream: `${INSIDE}:8080`, idleSeconds: 5 });
    onTestFinished(() => nginx.stop());
    await net.serve(server, { ...MUX, ...EXTERNAL, NEKO_SERVER_PROXY: 'true' });
    const opened = await openPage(client, OUTSIDE);
    const cuts = () => net.server.output().split('session socket closed').length - 1;
    await expect.poll(cuts, { timeout: 40_000, interval: 200 }).toBeGreaterThanOrEqual(3);
    await expect.poll(() => opened.getByTestId('connection-state').first().textContent()).toMatch(/Connected/);
    const paths = await checkConnection(opened);
    expect(Object.fromEntries(paths.map(toldOf))).toMatchObject({ 'WebSocket to this server': 'proxy-idle' });
    expect(paths.map(({ words }) => words).join('\n')).toContain('after 5 s without a message');
  });
});

function toldOf({ label, state, cause }: SeenPath): [string, string] {
  return [label, state === 'works' ? 'works' : (cause ?? String(state))];
}

import { describe, expect, onTestFinished, test } from 'vitest';
import { canMakeNetworks } from '../support/net/lab.js';
import { startNginx } from '../support/net/nginx.js';
import { mapPort, masquerade } from '../support/net/rules.js';
import { useLab } from '../support/net/use-lab.js';
import { hasNginx } from '../support/servers/nginx-configuration.js';

describe.skipIf(!canMakeNetworks || !hasNginx)('(j) behind nginx', () => {
  const net = useLab();

  test('a minute through a proxy that cuts what is idle for 30 s: the same socket, the picture all the time', async () => {
    const [wan, office] = [net.lan('wan'), net.lan('office')];
    const gateway = net
      .host('gateway')
      .plug(wan, ['203.0.113.1/24'], 'wan')
      .plug(office, ['10.7.0.1/24'], 'inside')
      .forward()
      .rules(mapPort('udp', '203.0.113.1', 59_000, '10.7.0.10', 59_000) + masquerade('wan'));
    const server = net.host('server').plug(office, ['10.7.0.10/24']).via('10.7.0.1');
    const client = net.host('client').plug(wan, ['203.0.113.20/24']);
    const nginx = await startNginx(gateway, { upstream: '10.7.0.10:8080', idleSeconds: 30 });
    onTestFinished(() => nginx.stop());
    await net.serve(server, {
      NEKO_WEBRTC_UDPMUX: '59000',
      NEKO_WEBRTC_NAT1TO1: '203.0.113.1',
      NEKO_SERVER_PROXY: 'true',
    });
    const viewer = net.view(client, '203.0.113.1:80');
    expect(await viewer.watch()).toMatchObject({
      remote: { type: 'host', protocol: 'udp', address: '203.0.113.1', port: 59_000 },
    });
    expect(net.server.output()).toContain('"address":"203.0.113.20"');
    for (const endMs = performance.now() + 60_000; performance.now() < endMs; ) await viewer.watch(30);
    expect(viewer.last('socket-closed')).toBeUndefined();
    expect(viewer.said.filter(({ event }) => event === 'provide')).toHaveLength(1);
    viewer.command('control');
    await viewer.until('control over the same socket', () => viewer.last('control', ({ has_host }) => has_host === true));
  });
});

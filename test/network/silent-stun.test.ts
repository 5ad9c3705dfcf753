import { describe, expect, test } from 'vitest';
import { canMakeNetworks } from '../support/net/lab.js';
import { drop } from '../support/net/rules.js';
import { useLab } from '../support/net/use-lab.js';

const SILENT = '192.168.1.99';
const STUN_TIMEOUT_MS = 5_000;

describe.skipIf(!canMakeNetworks)('(j) a STUN server that does not answer', () => {
  const net = useLab();

  async function join(env: Readonly<Record<string, string>>) {
    const lan = net.lan('lan');
    const server = net.host('server').plug(lan, ['192.168.1.10/24']);
    const client = net.host('client').plug(lan, ['192.168.1.20/24']);
    net
      .host('silent')
      .plug(lan, [`${SILENT}/24`])
      .rules(drop('input', 'meta l4proto udp'));
    await net.serve(server, {
      NEKO_WEBRTC_UDPMUX: '59000',
      NEKO_WEBRTC_ICESERVERS: `[{"urls":["stun:${SILENT}:3478"]}]`,
      ...env,
    });
    const viewer = net.view(client, '192.168.1.10');
    expect(await viewer.watch()).toMatchObject({
      remote: { type: 'host', protocol: 'udp', address: '192.168.1.10', port: 59_000 },
    });
    return viewer;
  }

  test('trickle on: joins take no longer than 300 ms', async () => {
    const viewer = await join({});
    expect(await viewer.connectedMs()).toBeLessThan(STUN_TIMEOUT_MS / 2);
    expect(await viewer.joinAgain(3)).toBeLessThanOrEqual(300);
  });

  test('trickle off: the first join waits 5 s, the log names the server, later joins do not wait', async () => {
    const viewer = await join({ NEKO_WEBRTC_ICETRICKLE: 'false' });
    const waitedMs = Number(viewer.last('provide')?.ms);
    expect(waitedMs).toBeGreaterThan(STUN_TIMEOUT_MS * 0.9);
    expect(waitedMs).toBeLessThan(STUN_TIMEOUT_MS * 1.5);
    expect(net.server.output()).toContain(`stun:${SILENT}:3478`);
    expect(await viewer.joinAgain(3)).toBeLessThanOrEqual(300);
  });
});

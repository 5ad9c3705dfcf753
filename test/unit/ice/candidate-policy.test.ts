import { describe, expect, test } from 'vitest';
import { type AdvertisePolicy, hostCandidates, usableAddresses } from '../../../server/ice/candidates/candidate-policy.js';

const LO4 = { interfaceName: 'lo', address: '127.0.0.1', prefixLength: 8 };
const LO6 = { interfaceName: 'lo', address: '::1', prefixLength: 128 };
const ETH4 = { interfaceName: 'eth0', address: '192.168.1.10', prefixLength: 24 };
const ETH6 = { interfaceName: 'eth0', address: '2001:db8::10', prefixLength: 64 };
const WLAN4 = { interfaceName: 'wlan0', address: '10.0.0.7', prefixLength: 8 };
const DOCKER = { interfaceName: 'docker0', address: '172.17.0.1', prefixLength: 16 };
const BRIDGE = { interfaceName: 'br-0a1b2c', address: '172.18.0.1', prefixLength: 16 };
const LINK6 = { interfaceName: 'eth0', address: 'fe80::1', prefixLength: 64 };
const ALL = [LO4, LO6, DOCKER, BRIDGE, ETH4, ETH6, LINK6, WLAN4];

function policy(parts: Partial<AdvertisePolicy> = {}): AdvertisePolicy {
  return { locals: ALL, externals: [], statics: [], filters: {}, clientAddress: '203.0.113.5', ...parts };
}

const usable = (parts: Partial<AdvertisePolicy> = {}) => usableAddresses(policy(parts)).map(({ address }) => address);

/** A UDP and a TCP socket on every usable address, as with both muxes on port 8081. */
function advertised(parts: Partial<AdvertisePolicy> = {}, transports: readonly ('udp' | 'tcp')[] = ['udp']): string[] {
  const whole = policy(parts);
  const endpoints = usableAddresses(whole).flatMap(({ address }) =>
    transports.map((transport) => ({ baseId: `${transport}|${address}`, transport, address, port: 8081 })),
  );
  return hostCandidates(whole, endpoints).map(({ transport, address, port }) => `${transport} ${address} ${port}`);
}

describe('which addresses get a socket', () => {
  test.each<[string, Partial<AdvertisePolicy>, string[]]>([
    ['IP1 IPv4 before IPv6; no loopback, link-local or container bridge', {}, [ETH4.address, WLAN4.address, ETH6.address]],
    ['IP2 bridges are taken when nothing else is there', { locals: [LO4, DOCKER, BRIDGE] }, [DOCKER.address, BRIDGE.address]],
    [
      'IP2 a bridge by name outside of 172.16.0.0/12 is a real network',
      { locals: [{ ...BRIDGE, address: '10.9.0.1' }, ETH4] },
      ['10.9.0.1', ETH4.address],
    ],
    [
      'IP3 loopback comes first for a client on loopback',
      { clientAddress: '::ffff:127.0.0.1' },
      ['127.0.0.1', '::1', ETH4.address, WLAN4.address, ETH6.address],
    ],
    [
      'IP3 a client that comes from one of our own addresses may need loopback',
      { clientAddress: ETH4.address },
      [ETH4.address, WLAN4.address, ETH6.address, '127.0.0.1', '::1'],
    ],
    ['IP3 loopback is there when there is no network at all', { locals: [LO4, LO6] }, ['127.0.0.1', '::1']],
    [
      'IP4 FILTERS_LOOPBACK decides when it is set',
      { filters: { loopback: false }, clientAddress: '127.0.0.1' },
      [ETH4.address, WLAN4.address, ETH6.address],
    ],
    [
      'IP4 FILTERS_LOOPBACK decides when it is set',
      { filters: { loopback: true } },
      [ETH4.address, WLAN4.address, ETH6.address, '127.0.0.1', '::1'],
    ],
    ["IP5 the client's own subnet comes first", { clientAddress: '10.200.0.1' }, [WLAN4.address, ETH4.address, ETH6.address]],
    ['IP5 also on IPv6', { clientAddress: '2001:db8::99' }, [ETH6.address, ETH4.address, WLAN4.address]],
    ['IP6 FILTERS_INTERFACES, by name', { filters: { interfaces: ['wlan0'] } }, [WLAN4.address]],
    ['IP6 FILTERS_INTERFACES, by prefix', { filters: { interfaces: ['eth*', 'lo'] } }, [ETH4.address, ETH6.address]],
    [
      'IP6 FILTERS_IPS, by address and by network',
      { filters: { ips: ['192.168.1.10', '2001:db8::/32'] } },
      [ETH4.address, ETH6.address],
    ],
  ])('%s', (_rule, parts, expected) => {
    expect(usable(parts)).toEqual(expected);
  });
});

describe('what is advertised', () => {
  const locals = [ETH4, ETH6];
  test.each<[string, Partial<AdvertisePolicy>, string[]]>([
    ['IP7 without external addresses the local ones', { locals }, ['udp 192.168.1.10 8081', 'udp 2001:db8::10 8081']],
    [
      'IP8 EXTERNAL stands in for local addresses of its family, others stay',
      { locals, externals: [{ external: '198.51.100.1' }] },
      ['udp 198.51.100.1 8081', 'udp 2001:db8::10 8081'],
    ],
    [
      'IP8 several EXTERNAL entries give one candidate each',
      { locals: [ETH4], externals: [{ external: '198.51.100.1' }, { external: '192.168.1.10' }] },
      ['udp 198.51.100.1 8081', 'udp 192.168.1.10 8081'],
    ],
    [
      'IP8 EXTERNAL/LOCAL stands in for that address alone',
      { locals: [ETH4, WLAN4], externals: [{ external: '198.51.100.1', local: WLAN4.address }] },
      ['udp 192.168.1.10 8081', 'udp 198.51.100.1 8081'],
    ],
    [
      'IP8 what becomes equal is told once',
      { locals: [ETH4, WLAN4], externals: [{ external: '198.51.100.1' }] },
      ['udp 198.51.100.1 8081'],
    ],
    [
      'IP8 an address that was found, not configured, is told beside the local one',
      { locals: [ETH4], externals: [{ external: '198.51.100.1', found: true }] },
      ['udp 192.168.1.10 8081', 'udp 198.51.100.1 8081'],
    ],
    [
      'IP9 a client of the same subnet gets the local address first all the same',
      { locals: [ETH4], externals: [{ external: '198.51.100.1' }], clientAddress: '192.168.1.77' },
      ['udp 192.168.1.10 8081', 'udp 198.51.100.1 8081'],
    ],
    [
      'IP10 static candidates come first, in their order, with their own port',
      {
        locals: [ETH4],
        statics: [
          { address: '198.51.100.9', port: 443 },
          { address: '198.51.100.1', port: 5000 },
        ],
      },
      ['udp 198.51.100.9 443', 'udp 198.51.100.1 5000', 'udp 192.168.1.10 8081'],
    ],
    ['IP11 FILTERS_NETWORKS', { locals, filters: { networks: ['udp6'] } }, ['udp 2001:db8::10 8081']],
    ['IP11 FILTERS_CANDIDATES names addresses that are not ours', { locals, filters: { candidates: ['192.0.2.1'] } }, []],
  ])('%s', (_rule, parts, expected) => {
    expect(advertised(parts)).toEqual(expected);
  });

  test('IP12 TCP candidates are passive and stand behind every UDP one in priority', () => {
    const whole = policy({ locals });
    const endpoints = (['tcp', 'udp'] as const).flatMap((transport) =>
      locals.map(({ address }) => ({ baseId: transport + address, transport, address, port: 8081 })),
    );
    const candidates = hostCandidates(whole, endpoints).sort((a, b) => b.priority - a.priority);
    expect(candidates.map(({ transport, tcpType }) => `${transport} ${tcpType}`)).toEqual([
      'udp undefined',
      'udp undefined',
      'tcp passive',
      'tcp passive',
    ]);
    expect(new Set(candidates.map(({ foundation }) => foundation)).size).toBe(4);
  });
});

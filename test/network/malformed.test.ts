import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Host } from '../support/net/host.js';
import { canMakeNetworks } from '../support/net/lab.js';
import type { NetViewer } from '../support/net/net-viewer.js';
import { drop } from '../support/net/rules.js';
import { useLab } from '../support/net/use-lab.js';

const SERVER = '192.168.1.10';
const PACKETS = 10_000;
const HALF_OPEN = 300;
/** What a heap that is collected when it likes may differ by. */
const FLAT_KB = 24 * 1024;
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 32));

describe.skipIf(!canMakeNetworks)('malformed packets and half-open connections', () => {
  const net = useLab();

  test.each([
    ['from a stranger', ['stun', 'dtls', 'rtp', 'rtcp']],
    ["in a viewer's name", ['stun', 'dtls', 'rtp', 'rtcp']],
  ])(`${PACKETS} packets %s of %o, beside ${HALF_OPEN} silent connections (SEED=${SEED})`, async (from, kinds) => {
    const lan = net.lan('lan');
    const host = net.host('server').plug(lan, [`${SERVER}/24`]);
    const home = net.host('viewer').plug(lan, ['192.168.1.20/24']);
    const office = net.host('tcp-viewer').plug(lan, ['192.168.1.21/24']).rules(drop('input', 'meta l4proto udp'));
    const stranger = net.host('stranger').plug(lan, ['192.168.1.66/24']);
    const server = await net.serve(host, { NEKO_WEBRTC_UDPMUX: '59000', NEKO_WEBRTC_TCPMUX: '59000' });
    const viewers = [net.view(home, SERVER), net.view(office, SERVER)];
    const [overUdp, overTcp] = await Promise.all(viewers.map((viewer) => viewer.watch(20)));
    expect([overUdp!.remote.protocol, overTcp!.remote.protocol]).toEqual(['udp', 'tcp']);

    const silent = [59_000, 8080].map((port) => holdOpen(stranger, port));
    await Promise.all(silent.map(({ opened }) => opened));
    home.rules(inTheNameOf(overUdp!.local.port));
    const target = { kinds, address: SERVER, port: 59_000, ufrag: ufragOf(viewers[0]!), count: PACKETS };
    const attack = (seed: number) =>
      from === 'from a stranger'
        ? send(stranger, { ...target, seed })
        : send(home, { ...target, seed, sourcePort: SPOOFED_FROM });

    const beganMs = viewers.map(({ said }) => said.at(-1)!.atMs);
    // The first round makes room for what is kept of strangers at all; the second must find enough of it.
    expect(Object.values(await attack(SEED)).reduce((sum, each) => sum + each, 0)).toBe(PACKETS);
    const before = residentKb(server.pid);
    await attack(SEED + 1);
    const after = residentKb(server.pid);

    for (const [index, viewer] of viewers.entries()) {
      await viewer.watch();
      expect(longestStandstillMs(viewer, beganMs[index]!), viewer.evidence()).toBeLessThan(1_500);
      expect(viewer.said.filter(({ event }) => event === 'state').at(-1)?.state, viewer.evidence()).toBe('connected');
      expect(viewer.said.filter(({ event }) => event === 'provide')).toHaveLength(1);
    }
    expect(after - before).toBeLessThan(FLAT_KB);
    // Whoever can write a line per packet can fill the disk.
    expect(server.output().split('\n').length, server.output().slice(-3000)).toBeLessThan(60);
    await net.view(home, SERVER, { name: 'newcomer' }).watch();
    await net.view(office, SERVER, { name: 'newcomer over TCP' }).watch();
    for (const { end } of silent) await end();
  });
});

/** What a host sends from port 40000 leaves it with this port in its place, without any state that could know better. */
const SPOOFED_FROM = 40_000;

function inTheNameOf(port: number): string {
  return `table ip spoof {
    chain out {
      type filter hook output priority raw; policy accept;
      udp sport ${SPOOFED_FROM} udp sport set ${port} notrack
    }
  }`;
}

function send(host: Host, options: object): Promise<Record<string, number>> {
  const child = host.spawn(process.execPath, [program('malformed'), JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout!.on('data', (data: Buffer) => {
    said += data.toString();
  });
  return new Promise((resolve, reject) => {
    child.once('close', (code) => {
      if (code === 0) resolve(JSON.parse(said) as Record<string, number>);
      else reject(new Error(`malformed.mjs ended with ${code}`));
    });
  });
}

function holdOpen(host: Host, port: number) {
  const argument = JSON.stringify({ address: SERVER, port, count: HALF_OPEN / 2 });
  const child = host.spawn(process.execPath, [program('half-open'), argument], { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  return {
    opened: new Promise((resolve) => child.stdout!.once('data', resolve)),
    end() {
      child.kill('SIGKILL');
      return gone;
    },
  };
}

function program(name: string): string {
  return fileURLToPath(new URL(`../support/net/programs/${name}.mjs`, import.meta.url));
}

/** The server's name for this viewer's peer, which everyone on the path can read. */
function ufragOf(viewer: NetViewer): string {
  return / ufrag (\S+)/.exec(viewer.serverCandidates()[0] ?? '')?.[1] ?? '';
}

/** The longest time after `fromMs` without a new picture, to the nearest report. */
function longestStandstillMs(viewer: NetViewer, fromMs: number): number {
  const reports = viewer.said.filter(({ event, atMs }) => event === 'frames' && atMs >= fromMs);
  let lastMs = reports[0]?.atMs ?? fromMs;
  let longest = 0;
  for (const [index, { atMs, pictures }] of reports.entries()) {
    if (index > 0 && pictures === reports[index - 1]!.pictures) longest = Math.max(longest, atMs - lastMs);
    else lastMs = atMs;
  }
  return longest;
}

function residentKb(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

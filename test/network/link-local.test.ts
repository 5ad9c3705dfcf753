import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { canMakeNetworks } from '../support/net/lab.js';
import { useLab } from '../support/net/use-lab.js';
import { waitFor } from '../support/wait-for.js';

const SERVER = '2001:db8:1::10';
/** Asks a plain STUN question of UDP port 59000 and prints the hexadecimal answer. */
const ASK = `
  const socket = require('node:dgram').createSocket('udp6');
  const question = Buffer.from('000100002112a442' + '0102030405060708090a0b0c', 'hex');
  socket.on('message', (bytes) => { process.stdout.write(bytes.toString('hex')); process.exit(0); });
  setInterval(() => socket.send(question, 59000, '${SERVER}'), 100);
  setTimeout(() => process.exit(1), 5000).unref();
`;

describe.skipIf(!canMakeNetworks)('a source that has no address but a link-local one', () => {
  const net = useLab();

  test('IS6 is answered by the media port, and ends nothing', async () => {
    const lan = net.lan('lan');
    const host = net.host('server').plug(lan, [`${SERVER}/64`]);
    const stranger = net.host('stranger').plug(lan, []);
    stranger.ip('route', 'add', '2001:db8:1::/64', 'dev', 'eth0');
    await waitFor('a link-local address', () =>
      /fe80::\S+ scope link(?! tentative)/.test(stranger.ip('address', 'show', 'dev', 'eth0')),
    );
    const server = await net.serve(host, { NEKO_WEBRTC_UDPMUX: '59000' });
    const answer = stranger.run(process.execPath, '-e', ASK);
    expect(answer.slice(0, 4), 'a success response').toBe('0101');
    expect(readFileSync(`/proc/${server.pid}/comm`, 'utf8')).toContain('node');
  });
});

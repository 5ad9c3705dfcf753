import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import dgram from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../server/lib/clock.js';
import { createCertificate } from '../../../server/webrtc/transport/certificate.js';
import { Dtls } from '../../../server/webrtc/transport/dtls.js';
import { fingerprintOfIdentity, newIdentity, weriftKeys } from '../../support/peers/werift-client.js';
import { waitFor } from '../../support/wait-for.js';

interface Meeting {
  readonly server: Dtls;
  readonly client: ChildProcessWithoutNullStreams;
  readonly outcome: ReturnType<Dtls['handshake']>;
  readonly received: string[];
  readonly farewells: { count: number };
  /** What the client program has written. */
  output(): string;
}

/** Our server behind a UDP socket, and `openssl s_client` with these arguments. */
async function meet(...extra: readonly string[]): Promise<Meeting> {
  const folder = mkdtempSync(join(tmpdir(), 'dtls-'));
  const identity = newIdentity();
  const { certPem, keyPem } = weriftKeys(identity);
  writeFileSync(join(folder, 'c.crt'), certPem);
  writeFileSync(join(folder, 'c.key'), keyPem);
  const socket = dgram.createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  let port = 0;
  const [received, farewells]: [string[], { count: number }] = [[], { count: 0 }];
  const server = new Dtls({
    certificate: createCertificate(),
    role: 'server',
    clock: systemClock,
    send: (datagram) => socket.send(datagram, port, '127.0.0.1'),
    closed: () => (farewells.count += 1),
  });
  server.onData = (data) => received.push(String(data));
  socket.on('message', (datagram, from) => {
    port = from.port;
    server.receive(datagram);
  });
  const outcome = server.handshake([fingerprintOfIdentity(identity)]);
  const files = ['-cert', join(folder, 'c.crt'), '-key', join(folder, 'c.key')];
  const client = spawn('openssl', ['s_client', '-connect', `127.0.0.1:${socket.address().port}`, ...files, ...extra]);
  let text = '';
  for (const stream of [client.stdout, client.stderr]) stream.on('data', (data: Buffer) => (text += data));
  onTestFinished(async () => {
    client.kill('SIGKILL');
    server.close();
    socket.close();
    rmSync(folder, { recursive: true });
  });
  return { server, client, outcome, received, farewells, output: () => text };
}

const SRTP = ['-use_srtp', 'SRTP_AES128_CM_SHA1_80', '-keymatexport', 'EXTRACTOR-dtls_srtp', '-keymatexportlen', '60'];

test('OpenSSL’s own client agrees on the same keys and talks', async () => {
  const { client, outcome, received, output } = await meet('-dtls1_2', ...SRTP);
  const keys = await outcome;
  if (!keys.ok) throw new Error(keys.error);
  await waitFor('the client’s keys', () => output().includes('Keying material: '));
  const { remoteKey, localKey, remoteSalt, localSalt } = keys.value;
  const material = Buffer.concat([remoteKey, localKey, remoteSalt, localSalt]).toString('hex').toUpperCase();
  expect(output()).toContain(`Keying material: ${material}`);
  expect(output()).toMatch(/Cipher is ECDHE-ECDSA-AES128-GCM-SHA256/);
  expect(output()).toContain('Compression: NONE');
  expect(output(), 'nothing to resume a session with').not.toContain('TLS session ticket:');
  client.stdin.write('hello\n');
  await waitFor('its words', () => received.length > 0);
  expect(received).toEqual(['hello\n']);
});

test('who wants to negotiate anew is refused, and nothing else changes', async () => {
  const { server, client, outcome, received, output } = await meet('-dtls1_2', ...SRTP);
  expect(await outcome).toMatchObject({ ok: true });
  client.stdin.write('R\n');
  await waitFor('the refusal', () => output().includes('no renegotiation'));
  server.write(Buffer.from('still here\n'));
  expect(received).toEqual([]);
});

test('the client’s farewell ends the association', async () => {
  const { client, outcome, farewells } = await meet('-dtls1_2', ...SRTP);
  expect(await outcome).toMatchObject({ ok: true });
  client.stdin.write('Q\n');
  await waitFor('the end', () => farewells.count > 0);
});

test.each([
  ['DTLS 1.0', ['-dtls1', '-cipher', 'ALL:@SECLEVEL=0', ...SRTP]],
  ['a cipher without authentication of data by GCM', ['-dtls1_2', '-cipher', 'ECDHE-ECDSA-AES128-SHA256', ...SRTP]],
])('refused: %s', async (_name, extra) => {
  const { server } = await meet(...extra);
  await waitFor('the refusal', () => server.trouble);
  expect(server.trouble).toMatch(/unsupported protocol|no shared cipher|version too low/);
});

test('our certificate is one that anybody can read', () => {
  const { der, fingerprint } = createCertificate();
  const certificate = new X509Certificate(der);
  expect(certificate.fingerprint256).toBe(fingerprint.value);
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(certificate.verify(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey)).toBe(false);
  expect(certificate.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
  expect(new Date(certificate.validFrom).getTime()).toBeLessThan(Date.now());
  expect(new Date(certificate.validTo).getTime()).toBeGreaterThan(Date.now() + 300 * 24 * 60 * 60 * 1000);
  expect(createCertificate().fingerprint).not.toEqual(fingerprint);
});

import { createHash, X509Certificate } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { DTLS_MTU } from '../../../server/webrtc/transport/dtls.js';
import { type DtlsPair, dtlsPair, type Link, type PairOptions, testCertificates } from '../../support/peers/dtls-pair.js';
import { waitFor } from '../../support/wait-for.js';

function pairOf(options: PairOptions = {}): DtlsPair {
  const pair = dtlsPair(options);
  onTestFinished(() => pair.close());
  return pair;
}

async function connected(options: PairOptions = {}): Promise<DtlsPair> {
  const pair = pairOf(options);
  const [server, client] = await pair.shakeHands();
  if (!server.ok || !client.ok) throw new Error(server.ok ? JSON.stringify(client) : server.error);
  return pair;
}

test('both sides have the same SRTP keys, and prefer AES-GCM', async () => {
  const [server, client] = await pairOf().shakeHands();
  if (!server.ok || !client.ok) throw new Error('no handshake');
  expect(server.value.profile).toBe('AEAD_AES_128_GCM');
  expect([server.value.localKey.length, server.value.localSalt.length]).toEqual([16, 12]);
  expect(server.value.localKey).toEqual(client.value.remoteKey);
  expect(server.value.remoteSalt).toEqual(client.value.localSalt);
  expect(server.value.localKey).not.toEqual(server.value.remoteKey);
});

test('a viewer that only knows AES-CM with HMAC-SHA1 gets that', async () => {
  const [server, client] = await pairOf({ clientOptions: { srtpProfiles: ['AES_CM_128_HMAC_SHA1_80'] } }).shakeHands();
  if (!server.ok || !client.ok) throw new Error('no handshake');
  expect(server.value).toMatchObject({ profile: 'AES_CM_128_HMAC_SHA1_80', localSalt: client.value.remoteSalt });
  expect(server.value.localSalt).toHaveLength(14);
});

test('no flight has a datagram beyond the MTU', async () => {
  const sizes: number[] = [];
  const measured: Link = (datagram, deliver) => {
    sizes.push(datagram.length);
    setImmediate(() => deliver(datagram));
  };
  await connected({ up: measured, down: measured });
  expect(sizes.length).toBeGreaterThan(3);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(DTLS_MTU);
});

test('what one side writes the other reads, packet by packet', async () => {
  const { server, client } = await connected();
  const read: string[] = [];
  server.onData = (packet) => read.push(`server ${packet}`);
  client.onData = (packet) => read.push(`client ${packet}`);
  client.write(Buffer.from('one'));
  client.write(Buffer.from('two'));
  server.write(Buffer.from('three'));
  await waitFor('all three', () => read.length === 3);
  expect(read.toSorted()).toEqual(['client three', 'server one', 'server two']);
});

test.each(['server', 'client'] as const)('the farewell of the %s ends the other side, which says its own', async (leaver) => {
  const sent: string[] = [];
  const from =
    (side: string): Link =>
    (datagram, deliver) => {
      sent.push(side);
      setImmediate(() => deliver(datagram));
    };
  const pair = await connected({ up: from('client'), down: from('server') });
  const other = leaver === 'server' ? 'client' : 'server';
  sent.length = 0;
  pair[leaver].close();
  await waitFor('the end', () => pair.ended.length > 0);
  expect(pair.ended).toEqual([other]);
  pair[other].write(Buffer.from('into the void'));
  pair[leaver].write(Buffer.from('into the void'));
  expect(sent).toEqual([leaver, other]);
});

test.each([
  ['of another certificate', [{ algorithm: 'sha-256', value: 'AA:BB' }], false],
  ['in small letters', [{ algorithm: 'SHA-256', value: testCertificates().client.fingerprint.value.toLowerCase() }], true],
  ['second of two', [{ algorithm: 'sha-256', value: '00:11' }, testCertificates().client.fingerprint], true],
  ['by SHA-384', [longFingerprint('sha384')], true],
  ['by SHA-512', [longFingerprint('sha512')], true],
  ['by SHA-1, which proves nothing any more', [longFingerprint('sha1')], false],
  ['none', [], false],
] as const)('the fingerprint of the description: %s', async (_name, fingerprints, fits) => {
  const pair = pairOf();
  const outcomes = await Promise.all([
    pair.server.handshake(fingerprints),
    pair.client.handshake([pair.certificates.server.fingerprint]),
  ]);
  expect(outcomes[0].ok).toBe(fits);
});

function longFingerprint(hash: 'sha1' | 'sha384' | 'sha512') {
  const certificate = new X509Certificate(testCertificates().client.der);
  const values = { sha1: certificate.fingerprint, sha384: '', sha512: certificate.fingerprint512 };
  const digest = hash === 'sha384' ? sha384(testCertificates().client.der) : values[hash];
  return { algorithm: hash.replace('sha', 'sha-'), value: digest };
}

function sha384(der: Buffer): string {
  return createHash('sha384')
    .update(der)
    .digest('hex')
    .replace(/..(?=.)/g, '$&:');
}

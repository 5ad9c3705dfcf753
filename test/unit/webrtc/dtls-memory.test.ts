import { expect, test } from 'vitest';
import { testCertificates } from '../../support/peers/dtls-pair.js';

const WARM_UP = 200;
const PAIRS = 1_500;
/** Two sides that were not freed keep about 100 KB: 150 MB in all. */
const MAX_GROWTH_BYTES = 24 * 1024 * 1024;

/** Both sides of one association, whose handshake is done, broken off or refused, and which are freed. */
function associate(i: number): void {
  const { context } = testCertificates().server;
  const options = { srtpProfiles: 'SRTP_AEAD_AES_128_GCM', mtu: 1200 };
  const [server, client] = (['server', 'client'] as const).map((role) => context.session({ ...options, role }));
  client!.handshake();
  const flights = i % 3 === 0 ? 1 : 4;
  for (let flight = 0; flight < flights; flight++) {
    const [from, to] = flight % 2 === 0 ? [client!, server!] : [server!, client!];
    for (const datagram of from.takeDatagrams()) {
      if (i % 7 === 0 && flight === 2) datagram.fill(9, 40);
      to.receive(datagram);
      to.handshake();
    }
  }
  server!.peerDigest('sha-256');
  if (i % 2 === 0) server!.shutdown();
  for (const session of [server!, client!, server!]) session.free();
}

test('thousands of associations that come and go leave no memory behind', { timeout: 60_000 }, () => {
  for (let i = 0; i < WARM_UP; i++) associate(i);
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  for (let i = 0; i < PAIRS; i++) associate(i);
  globalThis.gc?.();
  expect(process.memoryUsage().rss - before).toBeLessThan(MAX_GROWTH_BYTES);
});

test('an association that was freed cannot be used', () => {
  const session = testCertificates().server.context.session({
    role: 'server',
    srtpProfiles: 'SRTP_AES128_CM_SHA1_80',
    mtu: 1200,
  });
  session.free();
  session.free();
  const uses = [
    () => session.receive(Buffer.alloc(3)),
    () => session.handshake(),
    () => session.read(),
    () => session.write(Buffer.alloc(1)),
    () => session.shutdown(),
    () => session.takeDatagrams(),
    () => session.timeoutMs(),
    () => session.handleTimeout(),
    () => session.peerDigest('sha-256'),
    () => session.srtpProfile(),
    () => session.exportSrtpKeys(16),
  ];
  for (const use of uses) expect(use).toThrow('used after it was freed');
});

test('SRTP profiles that OpenSSL does not know are a bug that is said', () => {
  const { context } = testCertificates().server;
  expect(() => context.session({ role: 'server', srtpProfiles: 'SRTP_OF_OURS', mtu: 1200 })).toThrow('SRTP_OF_OURS');
});

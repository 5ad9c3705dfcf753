import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../server/lib/clock.js';
import { Dtls } from '../../../server/webrtc/transport/dtls.js';
import { testCertificates } from '../../support/peers/dtls-pair.js';
import {
  fingerprintOfIdentity,
  type Identity,
  impostorOf,
  newIdentity,
  type WeriftClient,
  weriftClient,
} from '../../support/peers/werift-client.js';
import { waitFor } from '../../support/wait-for.js';

const viewer = newIdentity();

/** Our server, told the viewer's fingerprint, and another implementation's client who has this identity. */
function meet(identity: Identity) {
  const { server: certificate } = testCertificates();
  const server: Dtls = new Dtls({
    certificate,
    role: 'server',
    clock: systemClock,
    send: (datagram) => setImmediate(() => client.receive(datagram)),
    closed: () => {},
  });
  const client: WeriftClient = weriftClient(identity, certificate.fingerprint, (datagram) => {
    setImmediate(() => server.receive(Buffer.from(datagram)));
  });
  onTestFinished(() => server.close());
  const outcome = server.handshake([fingerprintOfIdentity(viewer)]);
  const started = client.transport.start();
  started.catch(() => {});
  return { server, client, outcome };
}

test('another implementation’s client that holds the key of its certificate is let in', async () => {
  const { outcome, client } = meet(viewer);
  const keys = await outcome;
  if (!keys.ok) throw new Error(keys.error);
  await waitFor('the client', () => client.transport.state === 'connected');
  expect(keys.value.profile).toBe('AEAD_AES_128_GCM');
});

test('somebody who shows the viewer’s certificate and signs with his own key gets nothing', async () => {
  const { server, outcome, client } = meet(impostorOf(viewer));
  await waitFor('the refusal', () => server.trouble);
  expect(server.trouble).toMatch(/signature/);
  server.close();
  expect(await outcome).toMatchObject({ ok: false });
  expect(client.transport.state).not.toBe('connected');
});

test('a Finished that does not sum up the handshake gets nothing', async () => {
  const { server, outcome, client } = meet(viewer);
  await waitFor('a session', () => client.transport.dtls !== undefined);
  Reflect.set(client.transport.dtls!.cipher, 'verifyData', () => Buffer.alloc(12, 7));
  await waitFor('the refusal', () => server.trouble);
  expect(server.trouble).toContain('digest check failed');
  server.close();
  expect(await outcome).toMatchObject({ ok: false });
  expect(client.transport.state).not.toBe('connected');
});

test('somebody with a certificate of his own is told apart by the description’s fingerprint', async () => {
  const { outcome } = meet(newIdentity());
  expect(await outcome).toEqual({ ok: false, error: 'DTLS: the certificate is not the one of the description' });
});

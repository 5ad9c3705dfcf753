import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { formatCandidate } from '../../../server/ice/candidates/candidate.js';
import { createIceTransports } from '../../../server/ice/ice-transports.js';
import type { IceServerWithCa, IceTransportsOptions } from '../../../server/ice/ice-types.js';
import { systemClock } from '../../../server/lib/clock.js';
import { freePort } from '../../support/free-port.mjs';
import { waitFor } from '../../support/wait-for.js';

const COTURN = '/usr/bin/turnserver';
const warnings: string[] = [];
const log = {
  debug() {},
  info() {},
  warn: (fields: object, message: string) => void warnings.push(`${message} ${JSON.stringify(fields)}`),
  error() {},
};
const open: { close(): unknown }[] = [];
const started: ChildProcess[] = [];
let folder: string;
let port: number;
let tlsPort: number;
let secretPort: number;

async function answers(at: number): Promise<boolean> {
  const socket = createConnection(at, '127.0.0.1');
  const connected = await Promise.race([once(socket, 'connect').then(() => true), once(socket, 'error').then(() => false)]).catch(
    () => false,
  );
  socket.destroy();
  return connected;
}

/** Starts coturn with these ways to sign in; resolves when it listens. */
async function startCoturn(name: string, at: { port: number; tlsPort: number }, signIn: readonly string[]): Promise<void> {
  const listen = [
    '-n',
    '--listening-ip=127.0.0.1',
    '--relay-ip=127.0.0.1',
    `--listening-port=${at.port}`,
    `--tls-listening-port=${at.tlsPort}`,
  ];
  const files = ['--log-file=stdout', `--pidfile=${join(folder, `${name}.pid`)}`, `--userdb=${join(folder, `${name}.db`)}`];
  const tls = [`--cert=${join(folder, 'cert.pem')}`, `--pkey=${join(folder, 'key.pem')}`];
  const rest = ['--no-cli', '--allow-loopback-peers', '--realm=test', '--min-port=44000', '--max-port=44999', ...signIn];
  started.push(spawn(COTURN, [...listen, ...files, ...tls, ...rest], { stdio: 'ignore' }));
  for (const deadlineMs = Date.now() + 20_000; !((await answers(at.port)) && (await answers(at.tlsPort))); ) {
    if (Date.now() > deadlineMs) throw new Error('coturn does not listen');
  }
}

describe.skipIf(!existsSync(COTURN))('through a real TURN server', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ice-turn-'));
    const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-keyout',
        key,
        '-out',
        certificate,
        '-days',
        '2',
        '-subj',
        '/CN=turn',
        '-addext',
        'subjectAltName=IP:127.0.0.1',
      ],
      { stdio: 'ignore' },
    );
    [port, tlsPort, secretPort] = [await freePort(), await freePort(), await freePort()];
    await startCoturn('lasting', { port, tlsPort }, ['--lt-cred-mech', '--user=alice:wonderland']);
    const secret = ['--use-auth-secret', '--static-auth-secret=north'];
    await startCoturn('limited', { port: secretPort, tlsPort: await freePort() }, secret);
  });

  afterEach(async () => {
    for (const each of open.splice(0).reverse()) await each.close();
    warnings.length = 0;
  });

  afterAll(async () => {
    const ended = started.map((each) => once(each, 'exit'));
    for (const each of started) each.kill();
    await Promise.all(ended);
    rmSync(folder, { recursive: true });
  });

  async function peer(options: Partial<IceTransportsOptions>, controlling: boolean) {
    const udp = { kind: 'range', minPort: 44_000, maxPort: 44_999 } as const;
    const made = await createIceTransports({ udp, tcp: { kind: 'off' }, clock: systemClock, log, ...options });
    if (!made.ok) throw new Error(made.error);
    open.push(made.value);
    const peer = await made.value.createPeer({ clientAddress: '127.0.0.1', controlling });
    if (!peer.ok) throw new Error(peer.error);
    return peer.value;
  }

  test.each<[string, () => IceServerWithCa]>([
    ['UDP', () => ({ urls: [`turn:127.0.0.1:${port}`] })],
    ['TCP', () => ({ urls: [`turn:127.0.0.1:${port}?transport=tcp`] })],
    ['TLS', () => ({ urls: [`turns:127.0.0.1:${tlsPort}`], ca: readFileSync(join(folder, 'cert.pem'), 'utf8') })],
  ])('IT14 a relay over %s carries a peer whose addresses are hidden', async (_name, server) => {
    const servers = [{ ...server(), username: 'alice', credential: 'wonderland' }];
    const relayed = await peer({ servers, filters: { candidates: ['192.0.2.1'] } }, true);
    const client = await peer({}, false);
    await relayed.gather();
    expect(warnings).toEqual([]);
    const [candidate] = relayed.candidates();
    expect(candidate && formatCandidate(candidate)).toMatch(
      /^candidate:\d+ 1 udp \d+ 127\.0\.0\.1 \d+ typ relay raddr 127\.0\.0\.1 rport \d+ ufrag /,
    );
    relayed.setRemote(client.local);
    client.setRemote(relayed.local);
    client.addRemoteCandidate(formatCandidate(candidate!));
    await waitFor(() => relayed.state === 'connected' && client.state === 'connected');
    expect(relayed.selectedPair()?.local.type).toBe('relay');
    const got: number[] = [];
    relayed.onDatagram((bytes) => got.push(bytes.length));
    client.onDatagram((bytes) => got.push(bytes.length));
    // Lengths that a stream has to pad, many of them: the channel is bound meanwhile.
    for (let i = 0; i < 50; i++) {
      relayed.send(Buffer.alloc(1001 + i, 0x80));
      client.send(Buffer.alloc(501 + i, 0x80));
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await waitFor(() => got.length === 100);
    const expected = [...Array.from({ length: 50 }, (_, i) => 501 + i), ...Array.from({ length: 50 }, (_, i) => 1001 + i)];
    expect(got.sort((a, b) => a - b)).toEqual(expected);
  });

  test('IT14 time-limited credentials serve a relay, and a second one stands ready before they end', async () => {
    const servers = [{ urls: [`turn:127.0.0.1:${secretPort}`] }];
    const server = await peer(
      { servers, turn: { secret: 'north', ttlSeconds: 2 }, filters: { candidates: ['192.0.2.1'] } },
      true,
    );
    await server.gather();
    expect(warnings).toEqual([]);
    expect(server.candidates()).toHaveLength(1);
    await waitFor(() => server.candidates().length === 2);
    server.close();
  });

  test('IT15 refused credentials and an untrusted certificate are told in the log and delay nothing', async () => {
    const servers = [
      { urls: [`turn:127.0.0.1:${port}`], username: 'alice', credential: 'wrong' },
      { urls: [`turns:127.0.0.1:${tlsPort}`], username: 'alice', credential: 'wonderland' },
    ];
    const server = await peer({ servers }, true);
    const startMs = performance.now();
    await server.gather();
    expect(performance.now() - startMs).toBeLessThan(3000);
    expect(server.candidates().every(({ type }) => type === 'host')).toBe(true);
    expect(warnings.join('\n')).toContain('refused: 401');
    expect(warnings.join('\n')).toMatch(/self.signed certificate/);
  });
});

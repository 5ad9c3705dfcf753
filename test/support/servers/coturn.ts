import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../free-port.mjs';
import { waitFor } from '../wait-for.js';

const PROGRAM = '/usr/bin/turnserver';
export const HAS_COTURN = existsSync(PROGRAM);

export interface Coturn {
  readonly port: number;
  /** Its certificate is signed by itself. */
  readonly tlsPort: number;
  stop(): Promise<void>;
}

/** A real TURN server on loopback for one user; resolves when it listens. */
export async function startCoturn(user: string, password: string): Promise<Coturn> {
  const folder = mkdtempSync(join(tmpdir(), 'coturn-'));
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=turn', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const pair = ['-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', certificate];
  execFileSync('openssl', ['req', '-x509', ...pair, '-days', '2', ...subject], { stdio: 'ignore' });
  const [port, tlsPort] = [await freePort(), await freePort()];
  const listen = ['-n', '--listening-ip=127.0.0.1', '--relay-ip=127.0.0.1', `--listening-port=${port}`];
  const files = ['--log-file=stdout', `--pidfile=${join(folder, 'pid')}`, `--userdb=${join(folder, 'db')}`];
  const tls = [`--tls-listening-port=${tlsPort}`, `--cert=${certificate}`, `--pkey=${key}`];
  const rest = ['--no-cli', '--allow-loopback-peers', '--realm=test', '--lt-cred-mech', `--user=${user}:${password}`];
  const child = spawn(PROGRAM, [...listen, ...files, ...tls, ...rest], { stdio: 'ignore' });
  await waitFor('coturn', async () => (await answers(port)) && (await answers(tlsPort)), 20_000);
  return { port, tlsPort, stop: () => stop(child, folder) };
}

async function stop(child: ChildProcess, folder: string): Promise<void> {
  const ended = once(child, 'exit');
  child.kill();
  await ended;
  rmSync(folder, { recursive: true });
}

function answers(at: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(at, '127.0.0.1');
    const finish = (answered: boolean) => {
      socket.destroy();
      resolve(answered);
    };
    socket.once('connect', () => finish(true));
    socket.once('error', () => finish(false));
  });
}

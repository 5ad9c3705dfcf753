import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '../wait-for.js';
import type { Host } from './host.js';

export const COTURN = '/usr/bin/turnserver';
export const hasCoturn = existsSync(COTURN);

export interface TurnServerOptions {
  readonly address: string;
  /** In its certificate, for `turns:` URLs. */
  readonly name: string;
  readonly credentials:
    | { readonly kind: 'static'; readonly username: string; readonly password: string }
    | { readonly kind: 'secret'; readonly secret: string };
  /** More options of coturn. */
  readonly more?: readonly string[];
}

export interface TurnServer {
  readonly host: Host;
  /** PEM, for those who shall trust it. */
  readonly certificatePath: string;
  output(): string;
  stop(): Promise<void>;
}

/** Starts coturn on a host of the lab: 3478 for UDP and TCP, 5349 for TLS. */
export async function startTurnServer(host: Host, options: TurnServerOptions): Promise<TurnServer> {
  const folder = mkdtempSync(join(tmpdir(), 'net-turn-'));
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', `/CN=${options.name}`, '-addext', `subjectAltName=DNS:${options.name},IP:${options.address}`];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
  execFileSync('openssl', ['req', '-x509', ...curve, '-nodes', '-keyout', key, '-out', certificate, '-days', '2', ...subject], {
    stdio: 'ignore',
  });
  const { credentials } = options;
  const access =
    credentials.kind === 'static'
      ? ['--lt-cred-mech', `--user=${credentials.username}:${credentials.password}`]
      : ['--use-auth-secret', `--static-auth-secret=${credentials.secret}`];
  const child = host.spawn(
    COTURN,
    [
      ...['-n', '-v', '--no-cli', '--log-file=stdout', '--realm=example.net'],
      ...[
        `--listening-ip=${options.address}`,
        `--relay-ip=${options.address}`,
        '--listening-port=3478',
        '--tls-listening-port=5349',
      ],
      ...[`--pidfile=${join(folder, 'pid')}`, `--userdb=${join(folder, 'db')}`, `--cert=${certificate}`, `--pkey=${key}`],
      ...access,
      ...(options.more ?? []),
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  const collect = (data: Buffer) => {
    output += data.toString();
  };
  child.stdout!.on('data', collect);
  child.stderr!.on('data', collect);
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const opened = ['UDP listener opened', 'TCP listener opened', 'TLS/TCP listener opened'];
  await waitFor('coturn to listen', () => opened.every((words) => output.includes(words))).catch((error: Error) => {
    child.kill('SIGKILL');
    throw new Error(`${error.message}; it said:\n${output}`);
  });
  return {
    host,
    certificatePath: certificate,
    output: () => output,
    async stop() {
      child.kill('SIGKILL');
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

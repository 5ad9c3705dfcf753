import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NGINX, nginxConfiguration } from '../servers/nginx-configuration.js';
import { waitFor } from '../wait-for.js';
import type { Host } from './host.js';

export interface Nginx {
  stop(): Promise<void>;
}

export interface NginxOptions {
  /** Port 80 is passed on to this `address:port`. */
  readonly upstream: string;
  /** A connection that carries nothing for so long is cut. */
  readonly idleSeconds: number;
}

/** Starts nginx as the reverse proxy that admins put in front of us. */
export async function startNginx(host: Host, { upstream, idleSeconds }: NginxOptions): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), 'net-nginx-'));
  const configuration = join(folder, 'nginx.conf');
  const location = `      proxy_pass http://${upstream};
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection "upgrade";
      proxy_read_timeout ${idleSeconds}s;
      proxy_send_timeout ${idleSeconds}s;`;
  writeFileSync(configuration, nginxConfiguration(folder, '80', location));
  const child = host.spawn(NGINX, ['-c', configuration], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr!.on('data', (data: Buffer) => {
    said += data.toString();
  });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await waitFor('nginx to start', () => existsSync(join(folder, 'pid')) || child.exitCode !== null);
  if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}: ${said}`);
  return {
    async stop() {
      child.kill('SIGKILL');
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

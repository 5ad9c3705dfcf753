import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Clock } from '../lib/clock.js';
import { FAILED, type PathOutcome } from './diagnosis/path.js';

export interface HttpPort {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly pathPrefix: string;
}

const ANY: readonly string[] = ['', '0.0.0.0', '::'];

/** Whether our own HTTP port answers on this machine. Its certificate, made for the outside name, is not verified. */
export function checkHttp({ host, port, tls, pathPrefix }: HttpPort, clock: Clock, limitMs: number): Promise<PathOutcome> {
  const startMs = clock.nowMs();
  return new Promise((resolve) => {
    const options = { host: ANY.includes(host) ? '127.0.0.1' : host, port, path: `${pathPrefix}/health`, timeout: limitMs };
    const request = tls ? requestHttps({ ...options, rejectUnauthorized: false }) : requestHttp(options);
    request.on('response', (response) => {
      response.resume();
      resolve({ kind: 'works', rttMs: clock.nowMs() - startMs });
    });
    request.on('timeout', () => request.destroy(new Error('timeout')));
    request.on('error', () => resolve(FAILED));
    request.end();
  });
}

import { createSecureContext } from 'node:tls';
import type { ServerConfig } from '../config/config.js';
import { err, ok, type Result } from '../lib/result.js';
import type { ServerOptions } from '../signaling/options.js';

/** Reads certificate and key and tries them; an error names the setting. `readFile` throws the system's error. */
export function readTls(tls: ServerConfig['tls'], readFile: (path: string) => string): Result<ServerOptions['tls']> {
  if (tls === undefined) return ok(null);
  const cert = readPem('server.cert', tls.certPath, readFile);
  if (!cert.ok) return cert;
  const key = readPem('server.key', tls.keyPath, readFile);
  if (!key.ok) return key;
  const problem =
    problemOf('server.cert', tls.certPath, () => createSecureContext({ cert: cert.value })) ??
    problemOf('server.key', tls.keyPath, () => createSecureContext({ key: key.value })) ??
    problemOf('server.key', tls.keyPath, () => createSecureContext({ cert: cert.value, key: key.value }));
  return problem === null ? ok({ cert: cert.value, key: key.value }) : err(problem);
}

function readPem(name: string, path: string, readFile: (path: string) => string): Result<string> {
  try {
    return ok(readFile(path));
  } catch (error) {
    return err(`${name}: ${reasonOf(error)}; let NEKO_${envName(name)} name a readable PEM file`);
  }
}

function problemOf(name: string, path: string, attempt: () => void): string | null {
  try {
    attempt();
    return null;
  } catch (error) {
    return `${name}: ${path} cannot be used: ${reasonOf(error)}`;
  }
}

function envName(name: string): string {
  return name.replace('.', '_').toUpperCase();
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

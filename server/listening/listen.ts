import type { BindAddress } from '../config/config.js';
import { bindReason } from '../lib/bind-reason.js';
import { err, ok, type Result } from '../lib/result.js';
import { hostAndPort } from '../wiring.js';

/** Binds by `bind`; an empty host is every address of both families, or of IPv4 alone where IPv6 is off. */
export async function listenOn(
  { host, port }: BindAddress,
  bind: (address: { host: string; port: number }) => Promise<unknown>,
): Promise<Result<void>> {
  const hosts = host === '' ? ['::', '0.0.0.0'] : [host];
  let reason = '';
  for (const each of hosts) {
    try {
      await bind({ host: each, port });
      return ok(undefined);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      reason = bindReason({ code, message: String(error) });
      if (code !== 'EAFNOSUPPORT' && code !== 'EADDRNOTAVAIL') break;
    }
  }
  return err(`cannot listen on ${hostAndPort({ host, port })}: ${reason}; set NEKO_SERVER_BIND to another address`);
}

// The address the server is going to listen on, checked before anything is started.
import { createServer } from 'node:net';
import { errorCode } from './error-code.mjs';
import { Stop } from './setup/progress.mjs';

const DEFAULT_BIND = '127.0.0.1:8080';

/** Throws Stop when the address of NEKO_SERVER_BIND cannot be listened on; the server itself judges unusual spellings. */
export async function checkServerAddress(bind = process.env.NEKO_SERVER_BIND || DEFAULT_BIND) {
  const [, name = '', digits] = /^(.*):(\d+)$/.exec(bind) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65_535) return;
  const host = name.replace(/^\[|\]$/g, '') || undefined;
  /** @type {string | undefined} */
  const code = await new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error) => resolve(errorCode(error)));
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve(undefined)));
  });
  if (code === undefined) return;
  const advice = `Choose another address, for example: NEKO_SERVER_BIND=127.0.0.1:${port < 65_535 ? port + 1 : port - 1} npm start`;
  if (code === 'EADDRINUSE')
    throw new Stop(`Port ${port} is already taken by another program.\n${advice}\nWho has it: ss -ltnp 'sport = :${port}'`);
  if (code === 'EACCES') throw new Stop(`Port ${port} may only be used by root.\n${advice}`);
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    throw new Stop(`This machine has no address "${host}" (NEKO_SERVER_BIND=${bind}).\n${advice}`);
}

// The address the server is going to listen on, checked before anything is started.
import { createServer } from 'node:net';
import { Stop } from './progress.mjs';

const DEFAULT_BIND = '127.0.0.1:8080';

/** Throws Stop when the address of NEKO_SERVER_BIND cannot be listened on; odd spellings are left to the server to judge. */
export async function checkServerAddress(bind = process.env.NEKO_SERVER_BIND || DEFAULT_BIND) {
  const match = /^(.*):(\d+)$/.exec(bind);
  if (!match || Number(match[2]) > 65_535) return;
  const host = match[1].replace(/^\[|\]$/g, '') || undefined;
  const port = Number(match[2]);
  const code = await new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error) => resolve(error.code));
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

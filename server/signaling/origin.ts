import type { IncomingHttpHeaders } from 'node:http';

/** Whether a page of `origin` may read our answers across origins. Compared as it is; `*` in the list allows all. */
export function isListedOrigin(origin: string, cors: readonly string[]): boolean {
  return cors.includes('*') || cors.includes(origin);
}

/** Whether a WebSocket may be opened: by programs without an origin, by our own pages, and by what the CORS list allows. */
export function mayOpenSocket(headers: IncomingHttpHeaders, cors: readonly string[], behindProxy: boolean): boolean {
  const { origin, host } = headers;
  if (origin === undefined || isListedOrigin(origin, cors)) return true;
  const forwarded = headers['x-forwarded-host'];
  const hosts = [host, ...(behindProxy && typeof forwarded === 'string' ? forwarded.split(',') : [])];
  return hosts.some((candidate) => candidate !== undefined && isSameHost(origin, candidate.trim()));
}

/** The scheme is left out: a proxy in front may speak TLS where we do not. */
function isSameHost(origin: string, host: string): boolean {
  const page = parseUrl(origin);
  return page !== null && page.host !== '' && page.host === parseUrl(`${page.protocol}//${host}`)?.host;
}

function parseUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

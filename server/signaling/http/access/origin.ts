import type { IncomingHttpHeaders } from 'node:http';

/** Whether a page of `origin` may read our answers across origins. Compared as it is; `*` in the list allows all. */
export function isListedOrigin(origin: string, cors: readonly string[]): boolean {
  return cors.includes('*') || cors.includes(origin);
}

/** Whether a WebSocket may be opened: by programs without an origin, by our own pages, and by what the CORS list allows. */
export function mayOpenSocket(headers: IncomingHttpHeaders, cors: readonly string[], proxied: boolean): boolean {
  const { origin } = headers;
  return origin === undefined || isListedOrigin(origin, cors) || isOwnOrigin(origin, headers, proxied);
}

/**
 * Whether `origin` is that of our own page: the host that the request names, or that a trusted proxy (`proxied`) names for
 * it. The scheme is left out: a proxy in front may speak TLS where we do not.
 */
export function isOwnOrigin(origin: string, headers: IncomingHttpHeaders, proxied: boolean): boolean {
  const page = parseUrl(origin);
  if (page === null || page.host === '') return false;
  return ownHosts(headers, proxied).some((host) => parseUrl(`${page.protocol}//${host}`)?.host === page.host);
}

/** Proxies that pass the name on without its port tell the port apart from it, or leave it at that of the scheme. */
function ownHosts(headers: IncomingHttpHeaders, proxied: boolean): string[] {
  const { host = '' } = headers;
  if (!proxied) return [host];
  const [port = ''] = listed(headers['x-forwarded-port']);
  return [host, ...listed(headers['x-forwarded-host'])].flatMap((name) =>
    /^\d{1,5}$/.test(port) && !/:\d+$/.test(name) ? [name, `${name}:${port}`] : [name],
  );
}

function listed(header: string | string[] | undefined): string[] {
  return String(header ?? '')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

function parseUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

import type { IncomingHttpHeaders } from 'node:http';

/** Whether a page of `origin` may read our answers across origins. Compared as it is; `*` in the list allows all. */
export function isListedOrigin(origin: string, cors: readonly string[]): boolean {
  return cors.includes('*') || cors.includes(origin);
}

/** Whether a WebSocket may be opened: by programs without an origin, our own pages, and origins on the CORS list. */
export function mayOpenSocket(headers: IncomingHttpHeaders, cors: readonly string[], proxied: boolean): boolean {
  const { origin } = headers;
  return origin === undefined || isListedOrigin(origin, cors) || isOwnOrigin(origin, headers, proxied);
}

/**
 * Whether `origin` is that of our own page: the host that the request names, or that a trusted proxy (`proxied`) names for
 * it. The scheme does not count: a proxy in front may speak TLS where we do not.
 */
export function isOwnOrigin(origin: string, headers: IncomingHttpHeaders, proxied: boolean): boolean {
  const page = parseUrl(origin);
  if (page === null || page.host === '') return false;
  return ownHosts(headers, proxied).some((host) => parseUrl(`${page.protocol}//${host}`)?.host === page.host);
}

/** Some proxies forward the host without its port: the port is in a header of its own, or is the scheme's default. */
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

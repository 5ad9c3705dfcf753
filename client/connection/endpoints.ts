/** Addresses of the API relative to the page's folder, so that any path prefix works. */
export function apiUrl(pageBase: string, path: string): string {
  return new URL(`api/${path}`, pageBase).href;
}

/** The WebSocket address; the token travels beside it (protocol/socket-protocol.ts). */
export function socketUrl(pageBase: string): string {
  const url = new URL('api/ws', pageBase);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.hash = '';
  url.search = '';
  return url.href;
}

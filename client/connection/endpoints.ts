/** Addresses of the API below the folder the page was loaded from, so that any path prefix works. */
export function apiUrl(pageBase: string, path: string): string {
  return new URL(`api/${path}`, pageBase).href;
}

/** The WebSocket address (spec/websocket.md section 1.1) with the session token, if one is known. */
export function socketUrl(pageBase: string, token: string | null): string {
  const url = new URL('api/ws', pageBase);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.hash = '';
  url.search = token ? `?token=${encodeURIComponent(token)}` : '';
  return url.href;
}

import { uriPart } from '../lib/text/seen-text.js';

/** The WebSocket subprotocol that our page asks for, and the server answers with. neko's clients ask for none. */
export const SOCKET_PROTOCOL = 'neko.v3';
const TOKEN_PREFIX = 'neko.token.';

/**
 * The subprotocols that the page offers: the protocol, and the token of its session. Unlike a token in the address, this
 * header does not get into the logs of proxies or the browser's history. RFC 6455 section 4.1 allows the characters of an HTTP token.
 */
export function offeredProtocols(token: string): string[] {
  if (token === '') return [];
  return [SOCKET_PROTOCOL, TOKEN_PREFIX + uriPart(token).replaceAll('(', '%28').replaceAll(')', '%29')];
}

/** The token among the offered protocols, or null. */
export function offeredToken(header: string | undefined): string | null {
  const words = (header ?? '').split(',').map((word) => word.trim());
  const offered = words.find((word) => word.startsWith(TOKEN_PREFIX))?.slice(TOKEN_PREFIX.length);
  if (!words.includes(SOCKET_PROTOCOL) || offered === undefined) return null;
  try {
    return decodeURIComponent(offered) || null;
  } catch {
    return null;
  }
}

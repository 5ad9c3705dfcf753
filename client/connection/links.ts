/** The credentials in a link: either a token, or a name and password to sign in with. */
export type LinkCredentials =
  | { readonly kind: 'none' }
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'password'; readonly name: string; readonly password: string };

export interface ReadLink {
  readonly credentials: LinkCredentials;
  /** The address without its secrets, to be put into the address bar at once. */
  readonly cleaned: string;
}

const SECRET_KEYS = ['token', 'password', 'name', 'usr', 'pwd'];

/**
 * Reads `#token=…`, `#password=…&name=…` and neko's `?usr=…&pwd=…` from a page address.
 * The fragment is preferred, since browsers never send it to a server or a proxy.
 */
export function readLink(href: string): ReadLink {
  const url = new URL(href);
  const fragment = new URLSearchParams(url.hash.slice(1));
  const credentials = fromParameters(fragment) ?? fromParameters(url.searchParams) ?? { kind: 'none' };
  const cleaned = new URL(href);
  for (const key of SECRET_KEYS) cleaned.searchParams.delete(key);
  if (SECRET_KEYS.some((key) => fragment.has(key))) cleaned.hash = '';
  return { credentials, cleaned: cleaned.href };
}

function fromParameters(parameters: URLSearchParams): LinkCredentials | null {
  const token = parameters.get('token');
  if (token) return { kind: 'token', token };
  const password = parameters.get('password') ?? parameters.get('pwd');
  if (password === null) return null;
  return { kind: 'password', name: parameters.get('name') ?? parameters.get('usr') ?? '', password };
}

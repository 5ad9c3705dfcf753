export const HIDDEN = '(hidden)';

const ICE_PARTS = /^([a-z][a-z0-9+.-]*):(\/\/)?(?:(.*)@)?([^?#]*)([?#].*)?$/is;
const TRANSPORT = /^\?transport=[a-z]{0,8}$/i;
const IPV6 = /^[\da-f:.]+$/i;

/**
 * A STUN or TURN URL as a log may show it. People write user and password into it, although no standard has them there; everything
 * but scheme, host, port and transport is hidden.
 */
export function shownIceUrl(url: string): string {
  const found = ICE_PARTS.exec(url.trim());
  if (found === null) return HIDDEN;
  const [, scheme = '', slashes = '', user, place = '', query] = found;
  const shownQuery = query === undefined || TRANSPORT.test(query) ? (query ?? '') : `?${HIDDEN}`;
  return `${scheme}:${slashes}${user === undefined ? '' : `${HIDDEN}@`}${shownPlace(place)}${shownQuery}`;
}

/** Host and port; a further part, or one that is no number where the port should be, may be a password. */
function shownPlace(place: string): string {
  if (IPV6.test(place)) return place;
  const [, host = '', rest] = /^(\[[^\]]*\]|[^:/]*)(.*)$/s.exec(place) ?? [];
  return rest === '' || /^:\d{1,10}$/.test(rest ?? '') ? place : `${host}:${HIDDEN}`;
}

/**
 * Any other URL as a log may show it: scheme and host, for user, path and query may hold a secret. Where it is
 * unclear whether an `@` ends a password, the host is hidden too.
 */
export function shownUrl(url: string): string {
  const found = /^([a-z][a-z0-9+.-]*:\/\/)(?:[^@/?#]*@)?([^@/?#\s]*)([/?#][^@]*)?$/is.exec(url.trim());
  if (found === null) return HIDDEN;
  const [, scheme = '', host = '', rest = ''] = found;
  return `${scheme}${host}${rest === '' || rest === '/' ? rest : `/${HIDDEN}`}`;
}

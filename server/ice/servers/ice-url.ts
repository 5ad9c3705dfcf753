import { err, ok, type Result } from '../../lib/result.js';
import { shownIceUrl } from '../../lib/text/shown-url.js';
import { parseHostPort } from './host-port.js';

/** A STUN or TURN server (RFC 7064, RFC 7065). Pure. */
export interface IceUrl {
  readonly scheme: 'stun' | 'turn';
  readonly transport: 'udp' | 'tcp' | 'tls';
  readonly host: string;
  readonly port: number;
}

/**
 * Reads stun:, stuns:, turn: and turns: with `?transport=udp|tcp`; the error says what is wrong, and shows only the
 * parts of the text that cannot be a password.
 */
export function parseIceUrl(text: string): Result<IceUrl> {
  const shown = shownIceUrl(text);
  const match = /^(stuns?|turns?):([^?@]+)(?:\?transport=(udp|tcp))?$/i.exec(text.trim());
  if (!match) return err(`${shown}: expected stun:, stuns:, turn: or turns: with host[:port], and ?transport=udp or tcp`);
  const [, name = '', authority = '', asked] = match;
  const secure = name.toLowerCase().endsWith('s');
  const scheme = name.toLowerCase().startsWith('stun') ? 'stun' : 'turn';
  const server = parseHostPort(authority, secure ? 5349 : 3478);
  if (!server.ok) return err(`${shown}: ${server.error}`);
  if (secure && asked?.toLowerCase() === 'udp') return err(`${shown}: TLS over UDP is not supported, use transport=tcp`);
  return ok({ scheme, transport: secure ? 'tls' : asked?.toLowerCase() === 'tcp' ? 'tcp' : 'udp', ...server.value });
}

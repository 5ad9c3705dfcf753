import type { IceServerWithCa, ServedServers } from '../ice-types.js';
import type { HmacSha1 } from '../stun/stun.js';

/** TURN REST (draft-uberti-behave-turn-rest-00): the TURN server and we share a secret, clients get credentials that expire. */
export interface TurnSecret {
  readonly secret: string;
  readonly ttlSeconds: number;
}

export interface ServingFacts {
  readonly privateIp: string | undefined;
  readonly publicIp: string | undefined;
  readonly turn: TurnSecret | undefined;
  /** Goes into the user name; a session's id, never a person's name. */
  readonly user: string;
  readonly nowEpochSeconds: number;
  readonly hmac: HmacSha1;
}

/**
 * ICE servers as sent to one client: `{{private_ip}}` and `{{public_ip}}` filled in, and time-limited credentials for TURN
 * entries that have none of their own. A URL with an unknown address is left out. Pure.
 */
export function servedServers(servers: readonly IceServerWithCa[], facts: ServingFacts): ServedServers {
  let limited = false;
  const served = servers.flatMap((server) => {
    const urls = server.urls.flatMap((url) => fill(url, facts) ?? []);
    if (urls.length === 0) return [];
    const bare = server.username === undefined && server.credential === undefined && urls.some((url) => /^turns?:/i.test(url));
    if (!bare || !facts.turn) return [{ ...server, urls }];
    limited = true;
    return [{ ...server, urls, ...turnCredentials(facts.turn, facts) }];
  });
  return { servers: served, lifetimeMs: limited && facts.turn ? facts.turn.ttlSeconds * 1000 : undefined };
}

/** User name `expiry:user` and the base64 of its HMAC-SHA1 under the secret. */
export function turnCredentials(
  turn: TurnSecret,
  { user, nowEpochSeconds, hmac }: Pick<ServingFacts, 'user' | 'nowEpochSeconds' | 'hmac'>,
): { username: string; credential: string } {
  const username = `${Math.floor(nowEpochSeconds) + turn.ttlSeconds}:${user}`;
  return { username, credential: Buffer.from(hmac(Buffer.from(turn.secret), Buffer.from(username))).toString('base64') };
}

function fill(url: string, { privateIp, publicIp }: ServingFacts): string | undefined {
  const bracketed = (address: string) => (address.includes(':') ? `[${address}]` : address);
  let filled = url;
  for (const [name, address] of [
    ['private_ip', privateIp],
    ['public_ip', publicIp],
  ] as const) {
    const mark = new RegExp(`\\{\\{\\s*${name}\\s*\\}\\}`, 'g');
    if (!mark.test(filled)) continue;
    if (address === undefined) return undefined;
    filled = filled.replace(mark, bracketed(address));
  }
  return filled;
}

import { err, ok, type Result } from '../lib/result.js';
import type { IceServer } from './ice-types.js';
import { type IceUrl, parseIceUrl } from './ice-url.js';

/** One URL of a list of ICE servers, as the gatherer asks it. */
export interface AskedServer {
  /** Its entry with this URL alone. */
  readonly entry: IceServer;
  readonly text: string;
  /** A frontend server only tells our address; relays are allocated on backend servers alone. */
  readonly list: 'backend' | 'frontend';
  /** Its credentials are made for each peer anew: they end. */
  readonly timeLimited: boolean;
  /** When it last failed to answer. */
  silentAtMs: number;
}

interface Lists {
  readonly backend: readonly IceServer[];
  readonly frontend: readonly IceServer[];
  /** TURN entries without credentials get time-limited ones. */
  readonly turnSecret: boolean;
}

/**
 * Whom to ask; an entry that cannot work is an error that names it. A frontend URL is left out where another one makes it
 * needless: the same place, or UDP to the same host, which shows the mapping that packets to it have. Pure.
 */
export function askedServers({ backend, frontend, turnSecret }: Lists): Result<AskedServer[]> {
  const asked: AskedServer[] = [];
  const add = (entry: IceServer, text: string, list: AskedServer['list'], timeLimited: boolean) =>
    asked.push({ entry: { ...entry, urls: [text] }, text, list, timeLimited, silentAtMs: Number.NEGATIVE_INFINITY });
  const ours = each(backend, 'NEKO_WEBRTC_ICESERVERS_BACKEND');
  if (!ours.ok) return ours;
  for (const { entry, text, url } of ours.value) {
    const timeLimited = entry.username === undefined && entry.credential === undefined && turnSecret;
    if (url.scheme === 'turn' && !timeLimited && (!entry.username || !entry.credential)) {
      return err(
        `NEKO_WEBRTC_ICESERVERS_BACKEND: ${text}: a TURN server needs username and credential, or NEKO_WEBRTC_TURN_SECRET`,
      );
    }
    add(entry, text, 'backend', timeLimited);
  }
  const theirs = each(frontend, 'NEKO_WEBRTC_ICESERVERS_FRONTEND');
  if (!theirs.ok) return theirs;
  const overUdp = new Set(
    [...ours.value, ...theirs.value].filter(({ url }) => url.transport === 'udp').map(({ url }) => url.host),
  );
  const places = new Set(ours.value.map(({ url }) => placeOf(url)));
  for (const { entry, text, url } of theirs.value) {
    if (places.has(placeOf(url)) || (url.transport !== 'udp' && overUdp.has(url.host))) continue;
    places.add(placeOf(url));
    add(entry, text, 'frontend', false);
  }
  return ok(asked);
}

function each(servers: readonly IceServer[], setting: string): Result<{ entry: IceServer; text: string; url: IceUrl }[]> {
  const read: { entry: IceServer; text: string; url: IceUrl }[] = [];
  for (const entry of servers) {
    for (const text of entry.urls) {
      const url = parseIceUrl(withExamples(text));
      if (!url.ok) return err(`${setting}: ${url.error}`);
      read.push({ entry, text, url: url.value });
    }
  }
  return ok(read);
}

/** `{{private_ip}}` and `{{public_ip}}` are not known yet; two places of the documentation network stand for them. */
function withExamples(text: string): string {
  return text.replace(/\{\{\s*([^}]*?)\s*\}\}/g, (_mark, name) => (name === 'private_ip' ? '192.0.2.1' : '192.0.2.2'));
}

function placeOf({ transport, host, port }: IceUrl): string {
  return `${transport} ${host.toLowerCase()} ${port}`;
}

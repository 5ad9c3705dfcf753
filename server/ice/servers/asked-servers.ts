import { shownIceUrl } from '../../lib/text/shown-url.js';
import type { IceServerWithCa } from '../ice-types.js';
import { type IceUrl, parseIceUrl } from './ice-url.js';

/** One URL of a list of ICE servers, as the gatherer asks it. */
export interface AskedServer {
  /** Its entry with only this URL. */
  readonly entry: IceServerWithCa;
  readonly text: string;
  /** A frontend server only shows our address; relays are allocated on backend servers only. */
  readonly list: 'backend' | 'frontend';
  /** Its credentials expire, so each peer gets new ones. */
  readonly timeLimited: boolean;
  /** When it last failed to answer. */
  silentAtMs: number;
}

interface Lists {
  readonly backend: readonly IceServerWithCa[];
  readonly frontend: readonly IceServerWithCa[];
  /** TURN entries without credentials get time-limited ones. */
  readonly turnSecret: boolean;
}

export interface Asked {
  readonly servers: readonly AskedServer[];
  /** A warning for each unusable URL; the others are asked. */
  readonly skipped: readonly string[];
}

/**
 * The servers to ask; an unusable URL is skipped, with a warning that names its list. A frontend URL is left out where another
 * one makes it needless: the same place, or UDP to the same server, which shows the mapping for packets to it. Pure.
 */
export function askedServers({ backend, frontend, turnSecret }: Lists): Asked {
  const asked: AskedServer[] = [];
  const skipped: string[] = [];
  const add = (entry: IceServerWithCa, text: string, list: AskedServer['list'], timeLimited: boolean) =>
    asked.push({ entry: { ...entry, urls: [text] }, text, list, timeLimited, silentAtMs: Number.NEGATIVE_INFINITY });
  const ours = each(backend, 'NEKO_WEBRTC_ICESERVERS_BACKEND', skipped).filter(({ entry, text, url }) => {
    if (url.scheme !== 'turn' || isTimeLimited(entry, turnSecret) || (entry.username && entry.credential)) return true;
    skipped.push(
      `NEKO_WEBRTC_ICESERVERS_BACKEND: ${shownIceUrl(text)}: a TURN server needs username and credential, or NEKO_WEBRTC_TURN_SECRET`,
    );
    return false;
  });
  for (const { entry, text } of ours) add(entry, text, 'backend', isTimeLimited(entry, turnSecret));
  const theirs = each(frontend, 'NEKO_WEBRTC_ICESERVERS_FRONTEND', skipped);
  const overUdp = new Set([...ours, ...theirs].filter(({ url }) => url.transport === 'udp').map(({ url }) => url.host));
  const places = new Set(ours.map(({ url }) => placeOf(url)));
  for (const { entry, text, url } of theirs) {
    if (places.has(placeOf(url)) || (url.transport !== 'udp' && overUdp.has(url.host))) continue;
    places.add(placeOf(url));
    add(entry, text, 'frontend', false);
  }
  return { servers: asked, skipped };
}

function isTimeLimited(entry: IceServerWithCa, turnSecret: boolean): boolean {
  return entry.username === undefined && entry.credential === undefined && turnSecret;
}

interface ReadUrl {
  readonly entry: IceServerWithCa;
  readonly text: string;
  readonly url: IceUrl;
}

function each(servers: readonly IceServerWithCa[], setting: string, skipped: string[]): ReadUrl[] {
  const read: ReadUrl[] = [];
  for (const entry of servers) {
    for (const text of entry.urls) {
      const url = parseIceUrl(withExamples(text));
      if (url.ok) read.push({ entry, text, url: url.value });
      else skipped.push(`${setting}: ${url.error}`);
    }
  }
  return read;
}

/** `{{private_ip}}` and `{{public_ip}}` are not known yet; two places of the documentation network stand for them. */
function withExamples(text: string): string {
  return text.replace(/\{\{\s*([^}]*?)\s*\}\}/g, (_mark, name) => (name === 'private_ip' ? '192.0.2.1' : '192.0.2.2'));
}

function placeOf({ transport, host, port }: IceUrl): string {
  return `${transport} ${host.toLowerCase()} ${port}`;
}

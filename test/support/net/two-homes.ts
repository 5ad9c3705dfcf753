import { onTestFinished } from 'vitest';
import type { Host } from './host.js';
import { closedTo, drop, mapPort, symmetricNat } from './rules.js';
import { startTurnServer, type TurnServer, type TurnServerOptions } from './turn-server.js';
import type { LabTests } from './use-lab.js';

export type Credentials = TurnServerOptions['credentials'];

export const TURN_ADDRESS = '203.0.113.50';
const TURN_NAME = 'turn.example.net';
export const STATIC: Credentials = { kind: 'static', username: 'neko', password: 'static-password' };
export const SECRET: Credentials = { kind: 'secret', secret: 'shared-secret' };

const URLS = {
  UDP: `turn:${TURN_ADDRESS}:3478`,
  TCP: `turn:${TURN_ADDRESS}:3478?transport=tcp`,
  TLS: `turns:${TURN_NAME}:5349`,
};
export type Transport = keyof typeof URLS;

type Home = 'client' | 'server';

export interface TwoHomes {
  readonly client: Host;
  readonly server: Host;
  readonly turn: TurnServer;
}

/**
 * Point (f): a client and a server, each behind a symmetric NAT of its own (203.0.113.2 and 203.0.113.1), nothing mapped but
 * the page, and a TURN server between them. `onlyTcp` names the home that lets no UDP out, `more` are
 * further options of coturn.
 */
async function twoHomes(net: LabTests, credentials: Credentials, onlyTcp?: Home, more?: readonly string[]): Promise<TwoHomes> {
  const wan = net.lan('wan');
  const home = (name: Home, outside: string, inside: string, address: string, ports = '') => {
    const lan = net.lan(`${name}-home`);
    net
      .host(`${name}-router`)
      .plug(wan, [`${outside}/24`], 'wan')
      .plug(lan, [`${inside}/24`], 'inside')
      .forward()
      .rules(ports + symmetricNat('wan') + closedTo('wan') + (onlyTcp === name ? drop('forward', 'meta l4proto udp') : ''));
    return net
      .host(name)
      .plug(lan, [`${address}/24`])
      .via(inside)
      .knows(TURN_NAME, TURN_ADDRESS);
  };
  const client = home('client', '203.0.113.2', '192.168.1.1', '192.168.1.20');
  const page = mapPort('tcp', '203.0.113.1', 8080, '10.7.0.10', 8080);
  const server = home('server', '203.0.113.1', '10.7.0.1', '10.7.0.10', page);
  // The next router of the internet: private addresses end here without a word. Without it coturn ends a session whose
  // peer it has no route to.
  net.host('internet').plug(wan, ['203.0.113.254/24']);
  const host = net
    .host('turn')
    .plug(wan, [`${TURN_ADDRESS}/24`])
    .via('203.0.113.254');
  const turn = await startTurnServer(host, { address: TURN_ADDRESS, name: TURN_NAME, credentials, ...(more ? { more } : {}) });
  return { client, server, turn };
}

/** `twoHomes` whose TURN server ends with the test. */
export function useTwoHomes(
  net: LabTests,
): (credentials: Credentials, onlyTcp?: Home, more?: readonly string[]) => Promise<TwoHomes> {
  return async (credentials, onlyTcp, more) => {
    const homes = await twoHomes(net, credentials, onlyTcp, more);
    onTestFinished(() => homes.turn.stop());
    return homes;
  };
}

/** An NEKO_WEBRTC_ICESERVERS_* value. */
export function listed(transport: Transport, credentials: Credentials): string {
  const known = credentials.kind === 'static' ? { username: credentials.username, credential: credentials.password } : {};
  return JSON.stringify([{ urls: [URLS[transport]], ...known }]);
}

/** The settings that time-limited credentials need. */
export function limited(credentials: Credentials): Readonly<Record<string, string>> {
  return credentials.kind === 'secret' ? { NEKO_WEBRTC_TURN_SECRET: credentials.secret } : {};
}

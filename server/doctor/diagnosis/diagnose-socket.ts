import type { Cause } from './cause.js';
import { type ClientFacts, type DoctorFacts, isPrivate } from './facts.js';
import { environmentLines } from './remedies.js';

/** Both sides send a message at least this often. */
const HEARTBEAT_MS = 10_000;
/** A shorter silence means a broken network, not a proxy's time limit. */
const SHORTEST_LIMIT_MS = 1_500;
const LATE_MS = 600;

/** What is wrong with a WebSocket that was open long enough to ask. Pure. */
export function diagnoseSocket(facts: DoctorFacts, client: ClientFacts): Cause | undefined {
  return idleLimit(client) ?? unknownProxy(facts, client) ?? insecurePage(client);
}

/** Broken repeatedly after the same silence, and before the next message was due. */
function idleLimit({ losses }: ClientFacts): Cause | undefined {
  const idle = losses.map(({ idleMs }) => idleMs).filter((ms) => ms >= SHORTEST_LIMIT_MS);
  if (idle.length < 2 || idle.length < losses.length / 2) return undefined;
  const [least, most] = [Math.min(...idle), Math.max(...idle)];
  if (most > HEARTBEAT_MS + LATE_MS || most - least > Math.max(LATE_MS, least * 0.2)) return undefined;
  const seconds = Math.round(least / 1000);
  return {
    code: 'proxy-idle',
    state: 'wrong',
    explanation: `Something between the browser and the server, most likely a reverse proxy, ends the WebSocket after ${seconds} s without a message. Our heartbeat comes every ${HEARTBEAT_MS / 1000} s.`,
    remedy: 'Raise the idle limit of the proxy for this path to 60 s or more. In nginx, in the location of the server:',
    snippet: 'proxy_read_timeout 60s;\nproxy_send_timeout 60s;',
  };
}

function unknownProxy({ http }: DoctorFacts, { page }: ClientFacts): Cause | undefined {
  if (!page.secure || http.tls || http.proxy) return undefined;
  return {
    code: 'proxy-unknown',
    state: 'wrong',
    explanation:
      'The page came over https, but the server speaks http: a proxy stands between, and the server takes its address for that of every viewer.',
    remedy: 'Let the server read the address from the headers of the proxy, so that viewers get the candidates that suit them.',
    snippet: environmentLines({ NEKO_SERVER_PROXY: 'true' }),
  };
}

function insecurePage({ page, address }: ClientFacts): Cause | undefined {
  const local = page.host === 'localhost' || page.host.startsWith('127.') || page.host === '[::1]';
  if (page.secure || local || isPrivate(address)) return undefined;
  return {
    code: 'page-insecure',
    state: 'works',
    explanation:
      'The page came over http. It works, but browsers withhold clipboard and microphone from such pages, and passwords travel in the open.',
    remedy: 'Serve it over https: a reverse proxy with a certificate, or NEKO_SERVER_CERT and NEKO_SERVER_KEY.',
    snippet: '',
  };
}

import type { DoctorFinding, DoctorReport } from '../../../server/protocol/doctor.js';
import { socketUrl } from '../endpoints.js';

const TIMEOUT_MS = 6_000;

const FINE = { side: 'browser', cause: null, explanation: '', remedy: '', snippet: '' } as const;

/** The check without a session: does the server answer, and do WebSockets get through? Never throws. */
export async function checkWithoutSession(pageBase: string): Promise<DoctorReport> {
  const http = await checkHttp(pageBase);
  const findings = [http, await checkSocket(pageBase, http.state === 'works')];
  const works = findings.every(({ state }) => state === 'works');
  const verdict = works
    ? 'The server can be reached, and WebSockets get through.'
    : (findings.find(({ explanation }) => explanation)?.explanation ?? '');
  return { done: true, tested: findings.length, total: findings.length, verdict, findings };
}

async function checkHttp(pageBase: string): Promise<DoctorFinding> {
  const base = { ...FINE, id: 'http', kind: 'http', label: 'The server answers' } as const;
  const startMs = performance.now();
  try {
    const response = await fetch(new URL('health', pageBase), { cache: 'no-store', signal: AbortSignal.timeout(TIMEOUT_MS) });
    // A proxy answers with these when its server is down.
    if (![502, 504].includes(response.status)) return { ...base, state: 'works', rtt_ms: performance.now() - startMs };
    return {
      ...base,
      state: 'blocked',
      rtt_ms: null,
      cause: 'server-down',
      explanation: `A proxy answers in place of the server (${response.status}): it does not find the server behind it.`,
      remedy: 'Start the server, or correct its address in the configuration of the proxy.',
    };
  } catch {
    return {
      ...base,
      state: 'blocked',
      rtt_ms: null,
      cause: 'server-unreachable',
      explanation: 'The server cannot be reached from here.',
      remedy: 'Check that this device is online and that the server runs.',
    };
  }
}

async function checkSocket(pageBase: string, serverAnswers: boolean): Promise<DoctorFinding> {
  const base = { ...FINE, id: 'websocket', kind: 'websocket', label: 'WebSockets get through' } as const;
  const startMs = performance.now();
  const opened = await opens(socketUrl(pageBase));
  if (opened) return { ...base, state: 'works', rtt_ms: performance.now() - startMs };
  if (!serverAnswers) return { ...base, state: 'blocked', rtt_ms: null, cause: 'server-unreachable' };
  return {
    ...base,
    state: 'blocked',
    rtt_ms: null,
    cause: 'proxy-websocket',
    explanation: 'The server answers, but WebSockets do not get through: a reverse proxy does not pass them on.',
    remedy: 'Let the proxy pass the Upgrade and Connection headers. In nginx, in the location of the server:',
    snippet: [
      'proxy_http_version 1.1;',
      'proxy_set_header Upgrade $http_upgrade;',
      'proxy_set_header Connection "upgrade";',
      'proxy_set_header Host $http_host;',
      'proxy_read_timeout 60s;',
    ].join('\n'),
  };
}

/** Without a token the server opens the socket, sends the reason of its refusal, and closes it. */
function opens(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url);
    const finish = (opened: boolean) => {
      clearTimeout(timer);
      socket.onopen = socket.onclose = null;
      socket.close();
      resolve(opened);
    };
    const timer = setTimeout(() => finish(false), TIMEOUT_MS);
    socket.onopen = () => finish(true);
    socket.onclose = () => finish(false);
  });
}

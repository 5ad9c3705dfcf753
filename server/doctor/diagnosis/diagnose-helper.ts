import type { Cause } from './cause.js';
import { type DoctorFacts, isPrivate } from './facts.js';
import type { Path, PathOutcome } from './path.js';
import { environmentLines } from './remedies.js';

type Failure = Extract<PathOutcome, { kind: 'failed' }>;

const CERTIFICATE = /certificate|altnames|self.signed|unable to verify|\bCERT_|DEPTH_ZERO/i;
/** RFC 8489 section 14.8, RFC 8656 section 18: unauthorized, forbidden, stale nonce, wrong credentials. */
const CREDENTIAL_CODES: readonly number[] = [401, 403, 438, 441];

/** Why a TURN server gives no relay. `ours` is the result of the server's own try of the same URL. Pure. */
export function diagnoseTurn(url: string, failure: Failure, facts: DoctorFacts, ours: PathOutcome | undefined): Cause {
  const oursFailed = ours?.kind === 'failed' ? ours : undefined;
  const errors = [...failure.errors, ...(oursFailed?.errors ?? [])];
  if (errors.some(({ code }) => CREDENTIAL_CODES.includes(code))) return credentials(url, facts);
  const certificate = errors.find(({ text }) => CERTIFICATE.test(text));
  if (certificate && url.startsWith('turns:')) return badCertificate(url, certificate.text);
  if (failure.gathered) {
    return {
      code: 'turn-no-route',
      state: 'blocked',
      explanation: `${url} gives relays, but packets from there do not reach this server.`,
      remedy:
        'The TURN server has to reach one of our addresses: set NEKO_WEBRTC_NAT1TO1, or list it for the server too, so that both meet on it.',
      snippet: environmentLines({ NEKO_WEBRTC_ICESERVERS_BACKEND: `[{"urls": ["${url}"]}]` }),
    };
  }
  const refused = errors.find(({ code }) => code >= 300 && code < 700);
  if (refused) {
    return {
      code: 'turn-refused',
      state: 'wrong',
      explanation: `${url} answers, but refuses: ${refused.code} ${refused.text}.`,
      remedy: 'Its log says why: 486 and 508 are quotas that are used up, 442 is a transport that it does not serve.',
      snippet: '',
    };
  }
  return unreachable(url, ours, oursFailed);
}

function credentials(url: string, { turnSecret }: DoctorFacts): Cause {
  return {
    code: 'turn-credentials',
    state: 'wrong',
    explanation: `${url} refuses the credentials (401).`,
    remedy: turnSecret
      ? "NEKO_WEBRTC_TURN_SECRET must be the same as the TURN server's static-auth-secret, and both clocks must be right: expired credentials are refused like wrong ones."
      : 'User name and credential of this entry in NEKO_WEBRTC_ICESERVERS must be those of the TURN server. If it makes time-limited ones from a secret, set NEKO_WEBRTC_TURN_SECRET instead.',
    snippet: turnSecret
      ? environmentLines({ NEKO_WEBRTC_TURN_SECRET: '<static-auth-secret of turnserver.conf>' })
      : environmentLines({
          NEKO_WEBRTC_ICESERVERS: `[{"urls": ["${url}"], "username": "<user>", "credential": "<password>"}]`,
        }),
  };
}

function badCertificate(url: string, reason: string): Cause {
  return {
    code: 'turn-certificate',
    state: 'wrong',
    explanation: `The TLS certificate of ${url} is not accepted: ${reason.replace(/\.$/, '')}. Browsers refuse it without a word.`,
    remedy: 'Give the TURN server a valid certificate with its whole chain for the very name in the URL, and use that name.',
    snippet: '',
  };
}

function unreachable(url: string, ours: PathOutcome | undefined, oursFailed: Failure | undefined): Cause {
  const where = ours?.kind === 'works' ? 'from the network of this viewer, though the server reaches it' : 'at all';
  const reason = oursFailed?.errors[0]?.text;
  return {
    code: 'turn-unreachable',
    state: 'blocked',
    explanation: `${url} cannot be reached ${where}${reason && ours?.kind !== 'works' ? ` (${reason})` : ''}.`,
    remedy:
      ours?.kind === 'works'
        ? 'Open its port for viewers. Networks that drop UDP need ?transport=tcp, or turns: on port 443.'
        : 'Check host and port in the URL, that the TURN server runs, and that its ports are open (3478 UDP and TCP, 5349 TLS, and its relay ports).',
    snippet: '',
  };
}

export function diagnoseStun(url: string, failure: Failure, ours: PathOutcome | undefined): Cause {
  const reason = failure.errors[0]?.text;
  const works = ours?.kind === 'works';
  return {
    code: 'stun-silent',
    state: 'blocked',
    explanation: `${url} does not answer${works ? ' this viewer, though it answers the server' : ''}${!works && reason ? ` (${reason})` : ''}.`,
    remedy: works
      ? 'The network of the viewer drops it; other paths have to serve.'
      : 'Remove it from NEKO_WEBRTC_ICESERVERS, or name one that answers. With NEKO_WEBRTC_ICETRICKLE=false it delays the first viewer by up to 5 s.',
    snippet: '',
  };
}

/** A server-reflexive or relayed address of ours that the viewer cannot reach. */
export function diagnoseMapping(path: Extract<Path, { kind: 'srflx' | 'relay' }>): Cause {
  if (path.kind === 'relay') {
    return {
      code: 'relay-unreachable',
      state: 'blocked',
      explanation: `Our relay on ${path.address} gets nothing from this viewer.`,
      remedy: "Open the TURN server's relay ports (coturn: min-port to max-port, 49152-65535) as UDP, and set its external-ip.",
      snippet: '',
    };
  }
  return {
    code: 'mapping-closed',
    state: 'blocked',
    explanation: `The router in front of the server shows it as ${path.address}, but lets nothing in that it did not ask for${isPrivate(path.address) ? ', and that address is itself private' : ''}.`,
    remedy: 'Forward the ports in the router, or use a TURN server for viewers behind strict routers.',
    snippet: '',
  };
}

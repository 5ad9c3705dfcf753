import { assertNever } from '../../server/lib/assert-never.js';
import type { PeerPhase } from './media/peer-policy.js';
import type { SessionPolicyState } from './session-policy.js';

/** The state of the connection for people: `good` needs no attention, `busy` recovers by itself, `bad` needs the user. */
export interface ConnectionWords {
  readonly tone: 'good' | 'busy' | 'bad';
  readonly short: string;
  /** One sentence shown in place of a missing picture; empty while there is a picture. */
  readonly detail: string;
}

/** Puts the state of session and peer into plain words. `mayWatch` is false when an admin does not allow it. */
export function connectionWords(session: SessionPolicyState, peer: PeerPhase, mayWatch: boolean): ConnectionWords {
  switch (session.kind) {
    case 'signed-out':
      return { tone: 'bad', short: 'Not signed in', detail: session.notice ?? '' };
    case 'signing-in':
      return busy('Signing in…', 'Signing in.');
    case 'opening':
    case 'waiting': {
      const short = session.again ? 'Reconnecting…' : 'Connecting…';
      // While the picture goes on, no text covers it.
      if (session.again && (peer.kind === 'connected' || peer.kind === 'shaky')) return busy(short, '');
      if (session.kind === 'waiting') return busy(short, `${session.notice ?? 'The connection was lost.'} Trying again.`);
      return busy(short, session.again ? 'The connection was lost. Reconnecting.' : 'Connecting to the desktop.');
    }
    case 'ended':
      return { tone: 'bad', short: 'Disconnected', detail: session.notice };
    case 'live':
      return mayWatch
        ? peerWords(peer)
        : { tone: 'bad', short: 'Connected, no picture', detail: 'An admin has not allowed you to watch.' };
    default:
      return assertNever(session);
  }
}

function peerWords(peer: PeerPhase): ConnectionWords {
  switch (peer.kind) {
    case 'connected':
      return { tone: 'good', short: 'Connected', detail: '' };
    case 'none':
      return busy('Starting the picture…', 'Starting the picture.');
    case 'requested':
      return busy('Starting the picture…', peer.attempt > 0 ? notYet(peer.reason) : 'Starting the picture.');
    case 'shaky':
      // Usually over before a text could be read; the picture stays as it is.
      return busy('Connection is unstable…', '');
    case 'repairing':
      return busy('Repairing the connection…', 'The network was interrupted. Repairing the connection.');
    case 'retrying':
      return busy('Starting the picture…', notYet(peer.reason));
    default:
      return assertNever(peer);
  }
}

function notYet(reason: string | undefined): string {
  if (reason === undefined) return 'No picture came through yet. Still trying; the network may block it.';
  return `The server says: ${reason.replace(/\.$/, '')}. Trying again.`;
}

function busy(short: string, detail: string): ConnectionWords {
  return { tone: 'busy', short, detail };
}

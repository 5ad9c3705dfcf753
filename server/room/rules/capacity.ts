import type { Draft } from '../draft.js';
import { isConnected, type NewSession, type Session } from '../room-state.js';
import { deleteSession } from './delete-session.js';

/** Makes room for one more session where there is none (K1-K4); false where no session can give way. */
export function makeRoom(draft: Draft, made: NewSession): boolean {
  const { rules, sessions } = draft.room;
  const all = [...sessions.values()];
  const { is_admin } = made.profile;
  const alike = all.filter((session) => session.profile.is_admin === is_admin);
  const neighbours = alike.filter(({ place }) => place.network === made.place.network);
  if (neighbours.length >= rules.ofNetwork) return giveWay(draft, neighbours);
  if (is_admin) return all.length < rules.inAll || giveWay(draft, users(all)) || giveWay(draft, alike);
  return alike.length < rules.inAll - rules.keptForAdmins || giveWay(draft, ofLargestNetwork(alike));
}

function users(sessions: readonly Session[]): Session[] {
  return sessions.filter(({ profile }) => !profile.is_admin);
}

/** The unconnected sessions of the network that has most sessions. */
function ofLargestNetwork(sessions: readonly Session[]): Session[] {
  const networks = new Map<string, Session[]>();
  for (const session of sessions) {
    const known = networks.get(session.place.network);
    if (known === undefined) networks.set(session.place.network, [session]);
    else known.push(session);
  }
  const bySize = [...networks.values()].sort((a, b) => b.length - a.length);
  return bySize.find((some) => some.some((session) => !isConnected(session))) ?? [];
}

/** Ends the session that is missed least: one that was never connected, else the longest unused. */
function giveWay(draft: Draft, sessions: readonly Session[]): boolean {
  const idle = sessions.filter((session) => !isConnected(session));
  const worth = ({ connection, usedMs }: Session) => (connection.kind === 'never' ? 0 : Number.MAX_SAFE_INTEGER / 2) + usedMs;
  const [first, ...others] = idle;
  if (first === undefined) return false;
  const least = others.reduce((lowest, session) => (worth(session) < worth(lowest) ? session : lowest), first);
  deleteSession(draft, least.id);
  return true;
}

import type { Log } from '../../lib/log.js';
import type { Result } from '../../lib/result.js';
import type { SavedSession } from '../room-state.js';
import type { PasswordMarks } from './password-marks.js';

/** The part of the members that the room uses: the passwords valid now, as texts, by member id. */
export interface MemberCredentials {
  credentials(ids: readonly string[]): Promise<Result<ReadonlyMap<string, readonly string[]>, unknown>>;
}

/**
 * The saved sessions whose password is still valid. A session without a mark (from neko or an earlier version) is kept and
 * marked with all passwords valid now: it ends when any of them changes.
 */
export async function restoreSessions(
  saved: readonly SavedSession[],
  members: MemberCredentials,
  marks: PasswordMarks,
  log: Log,
): Promise<SavedSession[]> {
  if (saved.length === 0) return [];
  const credentials = await members.credentials(saved.map(({ id }) => id));
  if (!credentials.ok) {
    log.error({ sessions: saved.length }, 'saved sessions end, the members cannot be read');
    return [];
  }
  const restored = saved.flatMap((session) => {
    const counting = credentials.value.get(session.id);
    if (counting === undefined) return [];
    const all = marks.mark(counting.join('\n'));
    const valid = [all, ...counting.map((credential) => marks.mark(credential))];
    if (session.passwordMark === null) return [{ ...session, passwordMark: all }];
    return valid.includes(session.passwordMark) ? [session] : [];
  });
  const ended = saved.length - restored.length;
  if (ended > 0) log.info({ ended, restored: restored.length }, 'saved sessions ended, their member or password is no more');
  return restored;
}

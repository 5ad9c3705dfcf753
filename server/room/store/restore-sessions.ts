import type { Log } from '../../lib/log.js';
import type { Result } from '../../lib/result.js';
import type { SavedSession } from '../room-state.js';
import type { PasswordMarks } from './password-marks.js';

/** The members, as far as the room asks them: what their sessions may have been opened with now, by their ids. */
export interface MemberCredentials {
  credentials(ids: readonly string[]): Promise<Result<ReadonlyMap<string, readonly string[]>, unknown>>;
}

/**
 * The saved sessions whose password still counts. One without a mark, as neko and earlier versions save them, is taken as it
 * is and marked with all that counts now: it ends with the next change of any of it.
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

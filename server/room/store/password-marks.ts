import { createHmac } from 'node:crypto';

/**
 * Marks that show, after a restart, whether the password of a session is still valid. They are digests under a key of their
 * own, so that passwords cannot be guessed from the session file alone.
 */
export class PasswordMarks {
  constructor(private readonly key: Buffer) {}

  /** `credential` as the member provider names it. */
  mark(credential: string): string {
    return createHmac('sha256', this.key).update(credential).digest('base64url');
  }
}

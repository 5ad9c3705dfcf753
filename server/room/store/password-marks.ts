import { createHmac } from 'node:crypto';

/**
 * Marks that tell, after a restart, whether the password that a session was opened with still counts. They are digests
 * under a key of their own, so that the session file alone does not serve to guess passwords with.
 */
export class PasswordMarks {
  constructor(private readonly key: Buffer) {}

  /** `credential` as the member provider names it. */
  mark(credential: string): string {
    return createHmac('sha256', this.key).update(credential).digest('base64url');
  }
}

import { AppError } from '../../lib/errors.js';

/** A refusal that time heals: the answer carries how long to wait as Retry-After. */
export class RetryLater extends AppError {
  constructor(
    status: 429 | 503,
    message: string,
    readonly retryAfterS: number,
  ) {
    super(status, message);
  }
}

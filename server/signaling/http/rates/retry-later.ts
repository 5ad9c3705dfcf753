import { AppError } from '../../../protocol/errors/app-error.js';
import type { ErrorArguments } from '../../../protocol/errors/http-errors.js';

/** A temporary refusal: the answer carries the wait as Retry-After. */
export class RetryLater extends AppError {
  constructor(
    readonly retryAfterS: number,
    ...error: ErrorArguments
  ) {
    super(...error);
  }
}

/**
 * Every error a client can see: a stable code, the HTTP status and a message that is safe to show.
 * Bugs are not in here; they throw.
 */
export class AppError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
    this.name = 'AppError';
  }
}

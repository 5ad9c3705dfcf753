import { type ErrorArguments, errorMessage, HTTP_ERRORS, type HttpErrorCode } from './http-errors.js';

/** A refusal that the caller is sent: an error of the catalogue. Bugs throw other errors. */
export class AppError extends Error {
  readonly code: HttpErrorCode;
  readonly status: number;

  constructor(...error: ErrorArguments) {
    super(errorMessage(...error));
    this.name = 'AppError';
    this.code = error[0];
    this.status = HTTP_ERRORS[this.code].status;
  }
}

/** The body of an error's answer, exactly as in neko: `code` is the status. */
export function errorBody({ status, message }: AppError): { readonly code: number; readonly message: string } {
  return { code: status, message };
}

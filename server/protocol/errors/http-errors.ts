import type { DetailName } from './error-entry.js';
import { REQUEST_ERRORS } from './request-errors.js';
import { ROOM_ERRORS } from './room-errors.js';
import { SESSION_ERRORS } from './session-errors.js';

/** Every error of the HTTP API. A code has one status and keeps its meaning; several codes may share one English message. */
export const HTTP_ERRORS = { ...REQUEST_ERRORS, ...SESSION_ERRORS, ...ROOM_ERRORS };

export type HttpErrorCode = keyof typeof HTTP_ERRORS;

type DetailsOf<Code extends HttpErrorCode> = DetailName<(typeof HTTP_ERRORS)[Code]['message']>;

/** The errors whose message is always the same. */
export type PlainErrorCode = {
  [Code in HttpErrorCode]: [DetailsOf<Code>] extends [never] ? Code : never;
}[HttpErrorCode];

/** A code, and the details that its message names if it names any. */
export type ErrorArguments =
  | [code: PlainErrorCode]
  | {
      [Code in Exclude<HttpErrorCode, PlainErrorCode>]: [code: Code, details: Readonly<Record<DetailsOf<Code>, string | number>>];
    }[Exclude<HttpErrorCode, PlainErrorCode>];

/** The text that clients are sent, its details filled in. */
export function errorMessage(...[code, details]: ErrorArguments): string {
  let text: string = HTTP_ERRORS[code].message;
  for (const [name, value] of Object.entries(details ?? {})) text = text.replace(`{${name}}`, () => String(value));
  return text;
}

export function isPlainErrorCode(value: unknown): value is PlainErrorCode {
  return Object.entries(HTTP_ERRORS).some(([code, { message }]) => code === value && !message.includes('{'));
}

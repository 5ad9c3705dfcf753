import { Type } from '@sinclair/typebox';
import { canBeSeen, SEEN_CHARACTER } from '../lib/text/seen-text.js';
import type { PlainErrorCode } from './errors/http-errors.js';
import { FIELD_LIMITS } from './limits.js';

const MAX_CHARACTERS = FIELD_LIMITS.name.value;
/** Control characters, line ends, marks that turn the direction of the text around them, and halves of surrogate pairs. */
const UNPRINTABLE = '\\p{Cc}\\p{Cs}\\u2028\\u2029\\u202A-\\u202E\\u2066-\\u2069';
const STRIPPED = new RegExp(`[${UNPRINTABLE}]`, 'gu');

const NAME = new RegExp(`^(?:|(?=[^${UNPRINTABLE}]{1,${MAX_CHARACTERS}}$)[^]*?${SEEN_CHARACTER}[^]*)$`, 'u');
/** The error that a name of another form is refused as. */
const REFUSAL = 'bad-name' satisfies PlainErrorCode;

/**
 * A user name or display name as clients may set it: one short line, empty or with a visible character. The type is checked
 * apart, since the expression alone would also match the text of a number.
 */
export const Name = Type.Intersect([Type.String(), Type.RegExp(NAME, { refusal: REFUSAL })], { default: '' });

/** A password as clients may send it. */
export const Password = Type.String({ maxLength: FIELD_LIMITS.password.value });

/** Cuts a stored name to what `Name` allows; a name without a visible character becomes empty. */
export function cleanName(name: string): string {
  if (name.length > MAX_CHARACTERS * 8) return cleanName(name.slice(0, MAX_CHARACTERS * 8));
  const cut = [...name.replace(STRIPPED, '')].slice(0, MAX_CHARACTERS).join('');
  return canBeSeen(cut) ? cut : '';
}

/** Why a text is not a valid name; undefined where it is. */
export function nameTrouble(text: string): PlainErrorCode | undefined {
  return NAME.test(text) ? undefined : REFUSAL;
}

/** Why no account can have this user name, which is the id of its sessions as well; undefined where one can. */
export function accountNameTrouble(username: string): PlainErrorCode | undefined {
  if (username === '') return 'no-username';
  // Clients remove these from a path, also when they are encoded.
  if (username === '.' || username === '..') return 'dots-as-username';
  return nameTrouble(username);
}

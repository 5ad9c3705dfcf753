import { Type } from '@sinclair/typebox';
import { FIELD_LIMITS } from './limits.js';

const MAX_CHARACTERS = FIELD_LIMITS.name.value;
/** Control characters, line ends, and marks that turn the direction of the text around them. */
const UNPRINTABLE = '\\p{Cc}\\u2028\\u2029\\u202A-\\u202E\\u2066-\\u2069';
const STRIPPED = new RegExp(`[${UNPRINTABLE}]`, 'gu');

/**
 * A user name or display name as clients may set it: one short line, possibly empty. Text is asked for apart: the expression
 * alone would also match a number by what it looks like.
 */
export const Name = Type.Intersect([Type.String(), Type.RegExp(new RegExp(`^[^${UNPRINTABLE}]{0,${MAX_CHARACTERS}}$`, 'u'))], {
  default: '',
});

/** A password as clients may send it. */
export const Password = Type.String({ maxLength: FIELD_LIMITS.password.value });

/** What `Name` allows of a name that was stored or configured without that bound: the rest is cut off. */
export function cleanName(name: string): string {
  if (name.length > MAX_CHARACTERS * 8) return cleanName(name.slice(0, MAX_CHARACTERS * 8));
  return [...name.replace(STRIPPED, '')].slice(0, MAX_CHARACTERS).join('');
}

import { randomInt } from 'node:crypto';
import { FIELD_LIMITS } from '../protocol/limits.js';
import { cleanName } from '../protocol/name.js';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';
const SUFFIX_LENGTH = 5;

/**
 * `<username>-<5 random characters>`, so that one name can be logged in many times (SPEC.md MB1). A name that
 * would make the id too long is cut.
 */
export function freshMemberId(username: string): string {
  const suffix = Array.from({ length: SUFFIX_LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  return `${beginning(cleanName(username), FIELD_LIMITS.id.value - SUFFIX_LENGTH - 1)}-${suffix}`;
}

/** As many whole characters as fit into `length` UTF-16 units. */
function beginning(text: string, length: number): string {
  let kept = '';
  for (const character of text) {
    if (kept.length + character.length > length) break;
    kept += character;
  }
  return kept;
}

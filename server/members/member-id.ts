import { randomInt } from 'node:crypto';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** `<username>-<5 random characters>`, so that one name can be logged in many times (spec/model.md section 2). */
export function freshMemberId(username: string): string {
  return `${username}-${Array.from({ length: 5 }, () => LETTERS[randomInt(LETTERS.length)]).join('')}`;
}

import type { Deed } from '../../../room/rules/rights.js';
import { startsWithPattern } from '../path-pattern.js';

/** Parts of the API where a client needs a session, and perhaps a right, even to learn whether a path exists. */
const AREAS: readonly (readonly [pattern: string, deeds: readonly Deed[]])[] = [
  ['/api/sessions/:sessionId', ['administer']],
  ['/api/sessions', []],
  ['/api/bans', ['administer']],
  ['/api/members_bulk', ['administer']],
  ['/api/members', []],
  ['/api/room/settings', ['administer']],
  ['/api/room/broadcast', ['administer']],
  ['/api/room/clipboard', ['use-clipboard']],
  ['/api/room/keyboard', ['see-keyboard']],
  ['/api/room/control', ['see-control']],
  ['/api/room/screen', ['watch']],
  ['/api/room', []],
];

/** The deeds that a path below the prefix takes in its area, or null where anybody may learn what exists. */
export function deedsOfArea(path: string): readonly Deed[] | null {
  return AREAS.find(([pattern]) => startsWithPattern(pattern, path))?.[1] ?? null;
}

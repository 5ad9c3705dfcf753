import { canHost, canUseClipboard, canWatch, type Guard, isAdmin, isTheHost } from './guards.js';
import { startsWithPattern } from './path-pattern.js';

/** Parts of the API where even the question whether a path exists needs a session, and what else. */
const AREAS: readonly (readonly [pattern: string, guards: readonly Guard[]])[] = [
  ['/api/sessions/:sessionId', [isAdmin]],
  ['/api/sessions', []],
  ['/api/bans', [isAdmin]],
  ['/api/members_bulk', [isAdmin]],
  ['/api/members', []],
  ['/api/room/settings', [isAdmin]],
  ['/api/room/broadcast', [isAdmin]],
  ['/api/room/clipboard', [canUseClipboard, isTheHost]],
  ['/api/room/keyboard', [canHost]],
  ['/api/room/control', [canHost]],
  ['/api/room/screen', [canWatch]],
  ['/api/room', []],
];

/** The guards of the area that a path below the prefix lies in, or null where anybody may know what exists. */
export function guardsOfArea(path: string): readonly Guard[] | null {
  return AREAS.find(([pattern]) => startsWithPattern(pattern, path))?.[1] ?? null;
}

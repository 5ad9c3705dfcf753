import type { Result } from '../../../lib/result.js';
import { AppError } from '../../../protocol/errors/app-error.js';
import { KeyboardMap, KeyboardModifiersPatch } from '../../../protocol/events/keyboard.js';
import { type Answer, bodyEndpoint, type Endpoint, endpoint, json, NO_CONTENT } from '../endpoint.js';

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new AppError('internal');
  return result.value;
}

function applied(result: Result<void>): Answer {
  value(result);
  return NO_CONTENT;
}

/** No event reads the keyboard, so requests count as another kind. */
const read = { deeds: ['see-keyboard'], counts: 'other' } as const;

export const keyboardRoutes: readonly Endpoint[] = [
  endpoint('GET', '/api/room/keyboard/map', read, async ({ services }) => json(value(await services.desktop.keyboard.map()))),
  bodyEndpoint(
    '/api/room/keyboard/map',
    KeyboardMap,
    { deeds: ['see-keyboard', 'set-keyboard'], counts: 'desktop' },
    async ({ services }, map) => applied(await services.desktop.keyboard.setMap(map)),
  ),
  endpoint('GET', '/api/room/keyboard/modifiers', read, async ({ services }) =>
    json(value(await services.desktop.keyboard.modifiers())),
  ),
  bodyEndpoint(
    '/api/room/keyboard/modifiers',
    KeyboardModifiersPatch,
    { deeds: ['see-keyboard', 'set-keyboard'], counts: 'input' },
    async ({ services }, patch) => applied(await services.desktop.keyboard.setModifiers(patch)),
  ),
];

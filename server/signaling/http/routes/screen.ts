import { AppError } from '../../../protocol/errors/app-error.js';
import { ScreenSize } from '../../../protocol/events/screen.js';
import { actorId } from '../../../room/command.js';
import { setScreen } from '../../websocket/handlers/screen.js';
import { bodyEndpoint, type Endpoint, endpoint, json } from '../endpoint.js';

export const screenRoutes: readonly Endpoint[] = [
  endpoint('GET', '/api/room/screen', { deeds: ['watch'], slash: true }, ({ services }) =>
    json(services.desktop.screen.current()),
  ),
  // The answer repeats the requested size; the broadcast carries the applied one.
  bodyEndpoint(
    '/api/room/screen',
    ScreenSize,
    { deeds: ['watch', 'set-screen'], counts: 'desktop', slash: true },
    async ({ services, actor }, size) => {
      const applied = await setScreen(services, actorId(actor), size);
      if (!applied.ok) throw new AppError('screen-not-set');
      return json(size);
    },
  ),
  endpoint('GET', '/api/room/screen/configurations', { deeds: ['watch', 'set-screen'] }, ({ services }) =>
    json(services.desktop.screen.configurations()),
  ),
];

import { AppError } from '../../../protocol/errors/app-error.js';
import { type Answer, type Endpoint, endpoint, json, NO_CONTENT } from '../endpoint.js';

/** Answers without content, or with the refusal's error. */
function done(refused: AppError | null): Answer {
  if (refused !== null) throw refused;
  return NO_CONTENT;
}

export const controlRoutes: readonly Endpoint[] = [
  endpoint('GET', '/api/room/control', { deeds: ['see-control'], slash: true }, ({ services }) => {
    const { hostId } = services.room.state;
    return json(hostId === null ? { has_host: false } : { has_host: true, host_id: hostId });
  }),
  endpoint('POST', '/api/room/control/request', { deeds: ['ask-for-control'], counts: 'seat' }, ({ services, actor }) => {
    const refused = services.room.apply({ kind: 'request-control', actor, implicit: false });
    if (refused === 'host-was-asked') return json({ code: 202, message: 'control request sent' }, 202);
    return done(refused === null ? null : new AppError('controls-locked'));
  }),
  endpoint('POST', '/api/room/control/release', { deeds: ['release-control'], counts: 'input' }, ({ services, actor }) => {
    const refused = services.room.apply({ kind: 'release-control', actor });
    return done(refused === null ? null : new AppError('nothing-to-release'));
  }),
  endpoint('POST', '/api/room/control/take', { deeds: ['take-control'], counts: 'input' }, ({ services, actor }) => {
    services.room.apply({ kind: 'take-control', actor });
    return NO_CONTENT;
  }),
  endpoint(
    'POST',
    '/api/room/control/give/:sessionId',
    { deeds: ['give-control'], counts: 'input' },
    ({ services, actor, params }) => {
      const refused = services.room.apply({ kind: 'give-control', actor, to: params.sessionId ?? '' });
      if (refused === 'unknown-session') throw new AppError('target-not-found');
      return done(refused === null ? null : new AppError('target-cannot-host'));
    },
  ),
  endpoint('POST', '/api/room/control/reset', { deeds: ['reset-control'], counts: 'input' }, ({ services, actor }) => {
    services.room.apply({ kind: 'reset-control', actor });
    return NO_CONTENT;
  }),
];

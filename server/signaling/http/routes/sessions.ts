import { AppError } from '../../../protocol/errors/app-error.js';
import { actorId } from '../../../room/command.js';
import { sessionData } from '../../../room/wire-view.js';
import { type Endpoint, endpoint, json, NO_CONTENT } from '../endpoint.js';

const deeds = ['administer'] as const;

export const sessionRoutes: readonly Endpoint[] = [
  endpoint('GET', '/api/sessions', { slash: true }, ({ services }) =>
    json([...services.room.state.sessions.values()].map(sessionData)),
  ),
  endpoint('GET', '/api/sessions/:sessionId', { deeds, slash: true }, ({ services, params }) => {
    const session = services.room.state.sessions.get(params.sessionId ?? '');
    if (session === undefined) throw new AppError('session-not-found');
    return json(sessionData(session));
  }),
  endpoint('DELETE', '/api/sessions/:sessionId', { deeds, slash: true }, ({ services, actor, params }) => {
    const id = params.sessionId ?? '';
    if (id === actorId(actor)) throw new AppError('deletes-itself');
    const refused = services.room.apply({ kind: 'delete-session', id });
    if (refused !== null) throw new AppError('unknown-session');
    return NO_CONTENT;
  }),
  endpoint('POST', '/api/sessions/:sessionId/disconnect', { deeds }, ({ services, params }) => {
    const refused = services.room.apply({ kind: 'disconnect-session', id: params.sessionId ?? '' });
    if (refused !== null) throw new AppError('unknown-session');
    return NO_CONTENT;
  }),
];

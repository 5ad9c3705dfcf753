import { SettingsPatch } from '../../../protocol/events/settings.js';
import { HTTP_LIMITS } from '../../limits.js';
import { readWholeBody } from '../bodies/request-body.js';
import { type Endpoint, endpoint, json, NO_CONTENT } from '../endpoint.js';

const deeds = ['administer'] as const;

export const settingsRoutes: readonly Endpoint[] = [
  endpoint('GET', '/api/room/settings', { deeds, slash: true }, ({ services }) => json(services.room.state.settings)),
  endpoint(
    'POST',
    '/api/room/settings',
    { deeds, slash: true, bodyBytes: HTTP_LIMITS.settingsBody.value },
    ({ services, actor, body }) => {
      services.room.apply({ kind: 'set-settings', actor, patch: readWholeBody(SettingsPatch, body) });
      return NO_CONTENT;
    },
  ),
];

import type { ServerMessage } from '../../../protocol/events/events.js';
import type { pluginClientEvents as events } from '../../../protocol/events/plugins.js';
import { type Services, sendToSession } from '../../services.js';
import { DONE, type EventRoute, onBare } from './event-route.js';

/** This server shares no folder, whatever its settings name. */
const NO_FILES: ServerMessage = {
  event: 'filetransfer/update',
  payload: { enabled: false, root_dir: '', user_download: false, user_upload: false, user_delete: false, files: null },
};

/** Clients wait for these three before they show chat, files and links; this server answers that it has none. */
const GREETINGS: readonly ServerMessage[] = [
  { event: 'chat/init', payload: { enabled: false } },
  NO_FILES,
  { event: 'openinapp/init', payload: { enabled: false } },
];

/** Sent to every new connection after its own state: chat, shared files and links are off. */
export function greetFromPlugins(services: Services, sessionId: string): void {
  for (const greeting of GREETINGS) sendToSession(services, sessionId, greeting);
}

export const pluginEvents = {
  'filetransfer/update': onBare((services, { sessionId }) => {
    sendToSession(services, sessionId, NO_FILES);
    return DONE;
  }),
} satisfies Record<keyof typeof events, EventRoute>;

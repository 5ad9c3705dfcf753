import { err, type Result } from '../../lib/result.js';
import { clipboardClientEvents as events } from '../../protocol/clipboard.js';
import type { Services } from '../services.js';
import { type EventRoute, on } from './event-route.js';

/** Sets the desktop's clipboard for the host, who needs the right to. */
export async function setClipboard(services: Services, sessionId: string, text: string): Promise<Result<void>> {
  if (!mayUseClipboard(services, sessionId)) return err('session cannot access clipboard, or is not host');
  return services.desktop.clipboard.write({ text });
}

/** Whether the session is in control and may use the desktop's clipboard. */
export function mayUseClipboard({ room }: Services, sessionId: string): boolean {
  return room.state.hostId === sessionId && room.state.sessions.get(sessionId)?.profile.can_access_clipboard === true;
}

export const clipboardRoutes = {
  'clipboard/set': on(events['clipboard/set'], (services, { sessionId }, { text }) => setClipboard(services, sessionId, text)),
} satisfies Record<keyof typeof events, EventRoute>;

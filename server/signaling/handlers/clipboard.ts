import { err, type Result } from '../../lib/result.js';
import { clipboardClientEvents as events } from '../../protocol/clipboard.js';
import { type Services, sendToSession } from '../services.js';
import { type EventRoute, on } from './event-route.js';

/** Sets the desktop's clipboard for the host, who needs the right to. */
export async function setClipboard(services: Services, sessionId: string, text: string): Promise<Result<void>> {
  if (!mayUseClipboard(services, sessionId)) return err('session cannot access clipboard, or is not host');
  return services.desktop.clipboard.write({ text });
}

/** Tells the host what the desktop's clipboard holds now, whenever that changes. */
export async function announceClipboard(services: Services): Promise<void> {
  const hostId = services.room.state.hostId;
  if (hostId === null || !mayUseClipboard(services, hostId)) return;
  const content = await services.desktop.clipboard.read();
  // Reading took time: whoever is host now need not be the one it was read for.
  if (!content.ok || content.value.text === undefined || !mayUseClipboard(services, hostId)) return;
  sendToSession(services, hostId, { event: 'clipboard/updated', payload: { text: content.value.text } });
}

function mayUseClipboard({ room }: Services, sessionId: string): boolean {
  return room.state.hostId === sessionId && room.state.sessions.get(sessionId)?.profile.can_access_clipboard === true;
}

export const clipboardRoutes = {
  'clipboard/set': on(events['clipboard/set'], (services, { sessionId }, { text }) => setClipboard(services, sessionId, text)),
} satisfies Record<keyof typeof events, EventRoute>;

import { clipboardClientEvents as events } from '../../../protocol/events/clipboard.js';
import { type EventRoute, guarded, on } from './event-route.js';

/** Sets the desktop's clipboard for those who may. */
export const setClipboard = guarded('use-clipboard', ({ desktop }, _sender, text: string) => desktop.clipboard.write({ text }));

export const clipboardEvents = {
  'clipboard/set': on(events['clipboard/set'], (services, sender, { text }) => setClipboard(services, sender, text)),
} satisfies Record<keyof typeof events, EventRoute>;

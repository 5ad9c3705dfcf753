import { err, type Result } from '../../../lib/result.js';
import { screenClientEvents as events, type ScreenSize } from '../../../protocol/events/screen.js';
import { type Services, sendToAll } from '../../services.js';
import { DONE, type EventRoute, guarded, on } from './event-route.js';

const DEFAULT_RATE_HZ = 60;

/** Sets the size of the desktop and sends everybody the size applied: widths are multiples of 8, rate 0 is 60. */
export async function setScreen(services: Services, by: string, size: ScreenSize): Promise<Result<ScreenSize>> {
  const wanted = {
    width: size.width - (size.width % 8),
    height: size.height,
    rate: size.rate === 0 ? DEFAULT_RATE_HZ : size.rate,
  };
  if (wanted.width <= 0 || wanted.height <= 0 || wanted.rate < 0) return err('impossible screen size');
  const applied = await services.desktop.screen.set(wanted);
  if (applied.ok) sendToAll(services, { event: 'screen/updated', payload: { id: by, ...applied.value } });
  return applied;
}

export const screenEvents = {
  'screen/set': on(
    events['screen/set'],
    guarded('set-screen', async (services, { sessionId }, size) => {
      const applied = await setScreen(services, sessionId, size);
      return applied.ok ? DONE : applied;
    }),
  ),
} satisfies Record<keyof typeof events, EventRoute>;

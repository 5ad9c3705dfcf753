import { assertNever } from '../../lib/assert-never.js';
import { sayDropped } from '../say-dropped.js';
import type { Services } from '../services.js';
import { carryOut, jobOf } from './input-job.js';
import { InputQueue } from './input-queue.js';

/** Carries out the room's input effects on the desktop, until the returned release is called. */
export function openInput(
  services: Pick<Services, 'room' | 'desktop' | 'capture' | 'viewers' | 'rates' | 'clock' | 'log'>,
): () => void {
  const { room, desktop, clock } = services;
  const queue = new InputQueue({
    input: desktop.input,
    clock,
    carryOut: (sessionId, job) => carryOut(services, sessionId, job),
    dropped: (sessionId) => sayDropped(services, sessionId, 'input'),
  });
  const unsubscribe = room.effects.on('desktop', (effect) => {
    switch (effect.kind) {
      case 'input':
        return queue.add(effect.sessionId, jobOf(desktop, effect.action));
      case 'release-input':
        return queue.hostChanged(room.state.settings.implicit_hosting && room.state.hostId !== null);
      default:
        return assertNever(effect);
    }
  });
  return () => {
    unsubscribe();
    queue.close();
  };
}

import { InputQueue } from './input-queue.js';
import { carryOut } from './pointer.js';
import { sayDropped } from './say-dropped.js';
import type { Services } from './services.js';

/** Opens the way to the desktop for the input of all sessions; what the room wants let go of is let go of. */
export function openInput(services: Pick<Services, 'room' | 'desktop' | 'peers' | 'rates' | 'clock' | 'log'>): InputQueue {
  const { room, desktop, clock } = services;
  const input = new InputQueue({
    input: desktop.input,
    clock,
    carryOut: (source, job) => carryOut(services, source, job),
    dropped: (sessionId) => sayDropped(services, sessionId, 'input'),
  });
  room.effects.on('desktop', () => {
    const { settings, hostId } = room.state;
    input.hostChanged(settings.implicit_hosting && hostId !== null);
  });
  return input;
}

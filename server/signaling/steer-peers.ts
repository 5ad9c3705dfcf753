import { assertNever } from '../lib/assert-never.js';
import type { Dispose } from '../lib/dispose.js';
import type { Services } from './services.js';

/** Pauses and closes peers as the room decides, until released. */
export function steerPeers({ room, peers }: Pick<Services, 'room' | 'peers'>): Dispose {
  return room.effects.on('peers', (effect) => {
    switch (effect.kind) {
      case 'pause-peer':
        return peers.peer(effect.sessionId)?.setPaused(effect.paused);
      case 'close-peer':
        return peers.peer(effect.sessionId)?.close();
      default:
        return assertNever(effect);
    }
  });
}

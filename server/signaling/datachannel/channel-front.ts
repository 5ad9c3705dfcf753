import { assertNever } from '../../lib/assert-never.js';
import type { Dispose } from '../../lib/dispose.js';
import type { InputCommand } from '../../protocol/datachannel.js';
import type { PeerHooks } from '../ports.js';
import { sayDropped } from '../say-dropped.js';
import type { Services } from '../services.js';

/** What the front of peers and their data channels works with; `Services` has it and more. */
type ChannelServices = Pick<Services, 'room' | 'peers' | 'rates' | 'clock' | 'log'>;

/** What a session's peer is to the room: somebody who watches, and whose input comes over the data channel. */
export function roomHooks(services: ChannelServices, sessionId: string): Pick<PeerHooks, 'onConnected' | 'onClosed' | 'onInput'> {
  const { room } = services;
  return {
    onConnected: () => void room.apply({ kind: 'watching', id: sessionId, watching: true }),
    onClosed: () => void room.apply({ kind: 'watching', id: sessionId, watching: false }),
    onInput: (command) => onInput(services, sessionId, command),
  };
}

/** Pauses and closes peers as the room decides, until released. */
export function steerPeers({ room, peers }: ChannelServices): Dispose {
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

/** Input over the data channel never asks for control (room/SPEC.md RI3). The peer itself answers pings. */
function onInput(services: ChannelServices, sessionId: string, command: InputCommand) {
  const { rates, clock, room } = services;
  if (!rates.take(sessionId, 'input', clock.nowMs())) return sayDropped(services, sessionId, 'input');
  if (command.kind !== 'ping') room.apply({ kind: 'input', id: sessionId, actions: [command], asks: false });
}

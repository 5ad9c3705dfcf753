import { assertNever } from '../../lib/assert-never.js';
import type { Dispose } from '../../lib/dispose.js';
import type { InputCommand } from '../../protocol/channel/datachannel.js';
import type { ViewerHooks } from '../../viewers/viewer-handle.js';
import { sayDropped } from '../say-dropped.js';
import type { Services } from '../services.js';

/** The part of `Services` that this front uses. */
type ChannelServices = Pick<Services, 'room' | 'viewers' | 'rates' | 'clock' | 'log'>;

/** Connects a session's viewer with the room: watching, and input over the data channel. */
export function roomHooks(
  services: ChannelServices,
  sessionId: string,
): Pick<ViewerHooks, 'onConnected' | 'onClosed' | 'onInput'> {
  const { room } = services;
  return {
    onConnected: () => void room.apply({ kind: 'watching', id: sessionId, watching: true }),
    onClosed: () => void room.apply({ kind: 'watching', id: sessionId, watching: false }),
    onInput: (command) => onInput(services, sessionId, command),
  };
}

/** Pauses and closes viewers as the room decides, until released. */
export function steerViewers({ room, viewers }: ChannelServices): Dispose {
  return room.effects.on('peers', (effect) => {
    switch (effect.kind) {
      case 'pause-peer':
        return viewers.viewer(effect.sessionId)?.setPaused(effect.paused);
      case 'close-peer':
        return viewers.viewer(effect.sessionId)?.close('dismissed');
      default:
        return assertNever(effect);
    }
  });
}

/** Input over the data channel never asks for control (room/SPEC.md RI3). The viewer itself answers pings. */
function onInput(services: ChannelServices, sessionId: string, command: InputCommand) {
  const { rates, clock, room } = services;
  if (!rates.take(sessionId, 'input', clock.nowMs())) return sayDropped(services, sessionId, 'input');
  if (command.kind !== 'ping') room.apply({ kind: 'input', id: sessionId, actions: [command], asks: false });
}

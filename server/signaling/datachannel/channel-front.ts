import type { InputCommand } from '../../protocol/datachannel.js';
import { sayDropped } from '../say-dropped.js';
import type { Services } from '../services.js';

/** Input over the data channel: it never asks for control (room/SPEC.md RI3). The peer itself answers pings. */
export function onChannelInput(services: Services, sessionId: string, command: InputCommand) {
  const { rates, clock, room } = services;
  if (!rates.take(sessionId, 'input', clock.nowMs())) return sayDropped(services, sessionId, 'input');
  if (command.kind !== 'ping') room.apply({ kind: 'input', id: sessionId, actions: [command], asks: false });
}

import { assertNever } from '../lib/assert-never.js';
import type { InputCommand } from '../protocol/datachannel.js';
import { act, pressKey, touchScreen } from './pointer.js';
import { sayDropped } from './say-dropped.js';
import type { Services } from './services.js';

/**
 * Input over the data channel (datachannel.md section 2). Only the host's counts; unlike input over the WebSocket it never
 * asks for control. The moves of others are recorded as inactive cursors.
 */
export function onChannelInput(services: Services, sessionId: string, command: InputCommand) {
  const { rates, clock, room } = services;
  if (!rates.take(sessionId, 'input', clock.nowMs())) return sayDropped(services, sessionId, 'input');
  if (room.state.hostId === sessionId) return obey(services, sessionId, command);
  if (command.kind === 'move') room.apply({ kind: 'inactive-cursor', id: sessionId, x: command.x, y: command.y });
}

function obey(services: Services, hostId: string, command: InputCommand) {
  switch (command.kind) {
    case 'move':
    case 'scroll':
      return services.input.add(hostId, command);
    case 'key-down':
      return pressKey(services, hostId, command.keysym);
    case 'key-up':
      return act(services, hostId, (input) => input.keyUp(command.keysym));
    case 'button-down':
      return act(services, hostId, (input) => input.buttonDown(command.code));
    case 'button-up':
      return act(services, hostId, (input) => input.buttonUp(command.code));
    case 'touch-begin':
      return touchScreen(services, hostId, 'begin', command);
    case 'touch-update':
      return touchScreen(services, hostId, 'update', command);
    case 'touch-end':
      return touchScreen(services, hostId, 'end', command);
    case 'ping':
      return;
    default:
      return assertNever(command);
  }
}

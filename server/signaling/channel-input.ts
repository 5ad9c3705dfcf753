import { assertNever } from '../lib/assert-never.js';
import type { InputCommand } from '../protocol/datachannel.js';
import { movePointer, scrollWheel, touchScreen } from './pointer.js';
import type { Services } from './services.js';

/**
 * Input over the data channel (datachannel.md section 2). Only the host's counts; unlike input over the WebSocket it never
 * asks for control. The moves of others are recorded as inactive cursors.
 */
export function onChannelInput(services: Services, sessionId: string, command: InputCommand) {
  if (services.room.state.hostId === sessionId) return obey(services, sessionId, command);
  if (command.kind === 'move') services.room.apply({ kind: 'inactive-cursor', id: sessionId, x: command.x, y: command.y });
}

function obey(services: Services, hostId: string, command: InputCommand) {
  const { input } = services.desktop;
  switch (command.kind) {
    case 'move':
      return movePointer(services, hostId, command.x, command.y);
    case 'scroll':
      return scrollWheel(services, command.deltaX, command.deltaY, command.control);
    case 'key-down':
      return input.keyDown(command.keysym);
    case 'key-up':
      return input.keyUp(command.keysym);
    case 'button-down':
      return input.buttonDown(command.code);
    case 'button-up':
      return input.buttonUp(command.code);
    case 'touch-begin':
      return touchScreen(services, 'begin', command.id, command, command.pressure);
    case 'touch-update':
      return touchScreen(services, 'update', command.id, command, command.pressure);
    case 'touch-end':
      return touchScreen(services, 'end', command.id, command, command.pressure);
    case 'ping':
      return;
    default:
      return assertNever(command);
  }
}

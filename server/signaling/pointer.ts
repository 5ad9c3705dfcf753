import type { Position } from '../protocol/control.js';
import type { TouchKind } from './ports.js';
import type { Services } from './services.js';

/** Moves the pointer for the host and shows the others where it is; positions off the screen end at its edge. */
export function movePointer(services: Services, hostId: string, x: number, y: number): void {
  const place = onScreen(services, x, y);
  services.desktop.input.move(place.x, place.y);
  for (const id of services.room.state.sessions.keys()) {
    if (id !== hostId) services.peers.peer(id)?.sendCursorPosition(place.x, place.y);
  }
}

/** A finger on the screen, or at its edge. Nobody else is shown where. */
export function touchScreen(services: Services, kind: TouchKind, id: number, at: Position, pressure: number): void {
  const { x, y } = onScreen(services, at.x, at.y);
  services.desktop.input.touch(kind, id, x, y, pressure);
}

function onScreen({ desktop }: Services, x: number, y: number): Position {
  const { width, height } = desktop.screen.current();
  return { x: clamp(x, width), y: clamp(y, height) };
}

function clamp(position: number, size: number): number {
  return Math.max(0, Math.min(size - 1, position));
}

/** More wheel clicks than a hand can make in one message; every click is a press and a release in X. */
const MAX_CLICKS = 100;

export function scrollWheel(services: Services, deltaX: number, deltaY: number, control: boolean): void {
  services.desktop.input.scroll(limit(deltaX), limit(deltaY), control);
}

function limit(clicks: number): number {
  return Math.max(-MAX_CLICKS, Math.min(MAX_CLICKS, clicks));
}

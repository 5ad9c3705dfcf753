import { assertNever } from '../lib/assert-never.js';
import type { Position } from '../protocol/control.js';
import type { InputPort, TouchKind } from './ports.js';
import type { Services } from './services.js';
import { type InputJob, limitClicks } from './waiting-input.js';

/** What handlers of input need; `Services` has it and more. */
export type InputServices = Pick<Services, 'desktop' | 'peers' | 'room'>;

/** Two keys at once are held for 10 ms in the X server; nothing else keeps it for long. */
const SHORTCUT_COST = 16;
const NEW_KEY_COST = 8;
/** Keysyms of letters, and of modifiers, arrows, function keys and the like (X11 protocol, appendix A). */
const LAST_LATIN1 = 0xff;
const FIRST_FUNCTION_KEY = 0xfd00;
const LAST_FUNCTION_KEY = 0xffff;

/** Does on the desktop what a session was in turn to do. */
export function carryOut(services: InputServices, source: string, job: InputJob) {
  switch (job.kind) {
    case 'move':
      return movePointer(services, source, job.x, job.y);
    case 'scroll':
      return services.desktop.input.scroll(limitClicks(job.deltaX), limitClicks(job.deltaY), job.control);
    case 'act':
      return job.run();
    default:
      return assertNever(job);
  }
}

/** Keys and buttons. */
export function act({ input, desktop }: Services, sessionId: string, run: (port: InputPort) => void): void {
  input.add(sessionId, { kind: 'act', run: () => run(desktop.input), cost: 1 });
}

/** Presses a key; one that the keyboard lacks makes the X server tell every application of a new key. */
export function pressKey({ input, desktop }: Services, sessionId: string, keysym: number): void {
  const isUsual = keysym <= LAST_LATIN1 || (keysym >= FIRST_FUNCTION_KEY && keysym <= LAST_FUNCTION_KEY);
  const cost = isUsual ? 1 : NEW_KEY_COST;
  input.add(sessionId, { kind: 'act', run: () => desktop.input.keyDown(keysym), cost });
}

/** Presses several keys at once and lets them go. */
export function pressTogether({ input, desktop }: Services, sessionId: string, keysyms: readonly number[]): void {
  input.add(sessionId, { kind: 'act', run: () => desktop.input.keyPress(keysyms), cost: SHORTCUT_COST });
}

/** A finger on the screen, or at its edge. Nobody else is shown where. */
export function touchScreen(
  services: Services,
  sessionId: string,
  kind: TouchKind,
  finger: Position & { readonly id: number; readonly pressure: number },
): void {
  act(services, sessionId, (input) => {
    const { x, y } = onScreen(services, finger.x, finger.y);
    input.touch(kind, finger.id, x, y, finger.pressure);
  });
}

/** Moves the pointer for the host and shows the others where it is; positions off the screen end at its edge. */
function movePointer(services: InputServices, hostId: string, x: number, y: number): void {
  const place = onScreen(services, x, y);
  services.desktop.input.move(place.x, place.y);
  for (const id of services.room.state.sessions.keys()) {
    if (id !== hostId) services.peers.peer(id)?.sendCursorPosition(place.x, place.y);
  }
}

function onScreen({ desktop }: InputServices, x: number, y: number): Position {
  const { width, height } = desktop.screen.current();
  return { x: clamp(x, width), y: clamp(y, height) };
}

function clamp(position: number, size: number): number {
  return Math.max(0, Math.min(size - 1, position));
}

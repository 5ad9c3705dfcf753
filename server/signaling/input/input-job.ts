import { assertNever } from '../../lib/assert-never.js';
import type { Position } from '../../protocol/events/control.js';
import type { InputAction } from '../../room/input-action.js';
import type { DesktopPort, InputPort } from '../ports.js';
import type { Services } from '../services.js';
import { type InputJob, limitClicks } from './waiting-input.js';

/** A shortcut is held for 10 ms in the X server; nothing else occupies it for long. */
const SHORTCUT_COST = 16;
const NEW_KEY_COST = 8;
/** Keysyms of letters, and of modifiers, arrows, function keys and the like (X11 protocol, appendix A). */
const LAST_LATIN1 = 0xff;
const FIRST_FUNCTION_KEY = 0xfd00;
const LAST_FUNCTION_KEY = 0xffff;

/** Makes a job for the desktop of an action, with the cost for the X server. */
export function jobOf(desktop: DesktopPort, action: InputAction): InputJob {
  const { input } = desktop;
  switch (action.kind) {
    case 'move':
    case 'scroll':
      return action;
    case 'key-down':
      return act(() => input.keyDown(action.keysym), costOfKey(action.keysym));
    case 'key-up':
      return act(() => input.keyUp(action.keysym));
    case 'key-press':
      return act(() => input.keyPress(action.keysyms), action.keysyms.length > 1 ? SHORTCUT_COST : 1);
    case 'button-down':
      return act(() => input.buttonDown(action.code));
    case 'button-up':
      return act(() => input.buttonUp(action.code));
    case 'button-press':
      return act(() => input.buttonPress(action.code));
    case 'touch-begin':
      return touch(desktop, 'begin', action);
    case 'touch-update':
      return touch(desktop, 'update', action);
    case 'touch-end':
      return touch(desktop, 'end', action);
    default:
      return assertNever(action);
  }
}

/** Carries out a session's job on the desktop. */
export function carryOut(services: Pick<Services, 'desktop' | 'capture' | 'viewers'>, sessionId: string, job: InputJob) {
  services.capture.noteInput();
  switch (job.kind) {
    case 'move':
      return movePointer(services, sessionId, job);
    case 'scroll':
      return services.desktop.input.scroll(limitClicks(job.deltaX), limitClicks(job.deltaY), job.control);
    case 'act':
      return job.run();
    default:
      return assertNever(job);
  }
}

function act(run: () => void, cost = 1): InputJob {
  return { kind: 'act', run, cost };
}

/** A key that the keyboard lacks makes the X server notify every application of a new key. */
function costOfKey(keysym: number): number {
  const isUsual = keysym <= LAST_LATIN1 || (keysym >= FIRST_FUNCTION_KEY && keysym <= LAST_FUNCTION_KEY);
  return isUsual ? 1 : NEW_KEY_COST;
}

/** A finger on the screen, or at its edge. Other viewers are not shown it. */
function touch(
  { screen, input }: DesktopPort,
  kind: Parameters<InputPort['touch']>[0],
  finger: Position & { readonly id: number; readonly pressure: number },
): InputJob {
  return act(() => {
    const { x, y } = onScreen(screen, finger);
    input.touch(kind, finger.id, x, y, finger.pressure);
  });
}

/** Moves the pointer for the host and shows the others where it is; positions off the screen end at its edge. */
function movePointer({ desktop, viewers }: Pick<Services, 'desktop' | 'viewers'>, by: string, to: Position): void {
  const { x, y } = onScreen(desktop.screen, to);
  desktop.input.move(x, y);
  viewers.pointerMoved({ x, y, by });
}

function onScreen(screen: DesktopPort['screen'], { x, y }: Position): Position {
  const { width, height } = screen.current();
  return { x: clamp(x, width), y: clamp(y, height) };
}

function clamp(position: number, size: number): number {
  return Math.max(0, Math.min(size - 1, position));
}

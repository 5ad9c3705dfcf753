import { type Dispose, once } from '../../server/lib/dispose.js';
import type { DesktopInput } from './desktop-input.js';
import { listen } from './listen.js';
import type { ScreenPoint } from './viewport.js';
import { accumulateWheel, STILL_WHEEL } from './wheel.js';

export interface PointerHost {
  readonly input: DesktopInput;
  /** Does the pointer belong to the desktop now? */
  inControl(): boolean;
  /** A press while not in control: the user wants something from the picture. */
  wanted(): void;
  focus(): void;
  toScreen(clientX: number, clientY: number): ScreenPoint;
  /** Is Ctrl already held on the desktop by a key of its own? */
  holdsControl(): boolean;
  /** Where the pointer is now, for a cursor that we draw ourselves. */
  moved(point: ScreenPoint, isMouse: boolean): void;
  nowMs(): number;
}

/** MouseEvent.button to X button: 8 and 9 are back and forward. */
const BUTTONS: readonly number[] = [1, 2, 3, 8, 9];

/** Sends mouse and pen to the desktop while in control. */
export function attachPointer(surface: HTMLElement, host: PointerHost): Dispose {
  let wheel = STILL_WHEEL;
  const isTouch = (event: PointerEvent) => event.pointerType === 'touch';
  const move = (event: PointerEvent) => {
    if (isTouch(event) || !host.inControl()) return;
    const point = host.toScreen(event.clientX, event.clientY);
    host.input.move(point);
    host.moved(point, true);
  };
  // Raw updates come before the frame they belong to, at the mouse's own rate; only some browsers and secure pages have them.
  const moveEvent = 'onpointerrawupdate' in surface ? 'pointerrawupdate' : 'pointermove';
  const releases = [
    listen(surface, moveEvent, move),
    // Captured, so that a drag that leaves the picture goes on. Not prevented, since that would suppress the mouse events below.
    listen(surface, 'pointerdown', (event) => {
      if (!isTouch(event) && host.inControl()) surface.setPointerCapture(event.pointerId);
    }),
    // Pointer events report only the first of several buttons; mouse events report each.
    listen(surface, 'mousedown', (event) => {
      event.preventDefault();
      host.focus();
      if (!host.inControl()) return host.wanted();
      host.input.move(host.toScreen(event.clientX, event.clientY));
      host.input.buttonDown(BUTTONS[event.button] ?? 1);
    }),
    listen(surface, 'mouseup', (event) => {
      event.preventDefault();
      if (host.inControl()) host.input.move(host.toScreen(event.clientX, event.clientY));
      host.input.buttonUp(BUTTONS[event.button] ?? 1);
    }),
    listen(surface, 'pointercancel', (event) => !isTouch(event) && host.input.releaseButtons()),
    listen(surface, 'contextmenu', (event) => event.preventDefault()),
    // Back and forward buttons would leave the page.
    listen(surface, 'auxclick', (event) => event.preventDefault()),
    listen(surface, 'dragstart', (event) => event.preventDefault()),
    listen(
      surface,
      'wheel',
      (event) => {
        if (!host.inControl()) return;
        event.preventDefault();
        const [next, clicks] = accumulateWheel(wheel, event, host.nowMs());
        wheel = next;
        // A pinch on a touchpad reports Ctrl without a key; a real Ctrl is held on the desktop already.
        host.input.scroll(clicks.x, clicks.y, event.ctrlKey && !host.holdsControl());
      },
      { passive: false },
    ),
  ];
  return once(() => {
    for (const release of releases) release();
  });
}

import { type Dispose, once } from '../../server/lib/dispose.js';
import type { DesktopInput } from './desktop-input.js';
import type { Modifiers } from './keyboard.js';
import { listen } from './listen.js';
import type { ScreenPoint } from './viewport.js';
import { accumulateWheel, STILL_WHEEL } from './wheel.js';

export interface PointerHost {
  readonly input: DesktopInput;
  /** Does the pointer belong to the desktop now? */
  inControl(): boolean;
  /** A press on the picture without control. */
  wanted(): void;
  focus(): void;
  toScreen(clientX: number, clientY: number): ScreenPoint;
  /** Is Ctrl already held on the desktop by a key of its own? */
  holdsControl(): boolean;
  /** A press reports which modifiers are down. */
  modifiersAre(modifiers: Modifiers): void;
  /** The pointer's position now, for a cursor that the page draws. */
  moved(point: ScreenPoint, isMouse: boolean): void;
  nowMs(): number;
}

/** MouseEvent.button to X button: 8 and 9 are back and forward. */
const BUTTONS: readonly number[] = [1, 2, 3, 8, 9];

/** Sends mouse and pen to the desktop while in control. */
export function attachPointer(surface: HTMLElement, host: PointerHost): Dispose {
  let wheel = STILL_WHEEL;
  const isTouch = (event: PointerEvent) => event.pointerType === 'touch';
  const isPen = (event: PointerEvent) => event.pointerType === 'pen';
  const move = (event: PointerEvent) => {
    if (isTouch(event) || !host.inControl()) return;
    const point = host.toScreen(event.clientX, event.clientY);
    host.input.move(point);
    host.moved(point, true);
  };
  const press = (event: MouseEvent) => {
    event.preventDefault();
    host.focus();
    if (!host.inControl()) return host.wanted();
    host.modifiersAre(event);
    host.input.move(host.toScreen(event.clientX, event.clientY));
    host.input.buttonDown(BUTTONS[event.button] ?? 1);
  };
  const release = (event: MouseEvent) => {
    event.preventDefault();
    if (host.inControl()) host.input.move(host.toScreen(event.clientX, event.clientY));
    host.input.buttonUp(BUTTONS[event.button] ?? 1);
  };
  // Raw updates come before the frame they belong to, at the mouse's own rate; only some browsers and secure pages have them.
  const moveEvent = 'onpointerrawupdate' in surface ? 'pointerrawupdate' : 'pointermove';
  const releases = [
    listen(surface, moveEvent, move),
    // Captured, so that a drag that leaves the picture goes on. Only a pen is prevented: that suppresses the mouse events below,
    // which a mouse needs and a pen has in some browsers only.
    listen(surface, 'pointerdown', (event) => {
      if (!isTouch(event) && host.inControl()) capture(surface, event.pointerId);
      if (isPen(event)) press(event);
    }),
    listen(surface, 'pointerup', (event) => isPen(event) && release(event)),
    // Pointer events report only the first of several buttons; mouse events report each.
    listen(surface, 'mousedown', press),
    listen(surface, 'mouseup', release),
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

/** A pointer that has just gone cannot be captured, which does not matter then. */
function capture(surface: HTMLElement, pointerId: number): void {
  try {
    surface.setPointerCapture(pointerId);
  } catch {
    // The release then goes to the element below the pointer.
  }
}

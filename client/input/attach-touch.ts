import type { Clock } from '../../server/lib/clock.js';
import { type Dispose, once } from '../../server/lib/dispose.js';
import type { PointerHost } from './attach-pointer.js';
import { listen } from './listen.js';
import { NO_TOUCH, stepTouch, type TouchEffect, type TouchInput, touchDueAtMs } from './touch.js';
import { accumulateWheel, STILL_WHEEL } from './wheel.js';

/** Sends fingers to the desktop as a mouse while in control. */
export function attachTouch(surface: HTMLElement, host: PointerHost, clock: Clock): Dispose {
  let state = NO_TOUCH;
  let wheel = STILL_WHEEL;
  let cancelTick: Dispose | null = null;

  const carryOut = (effect: TouchEffect) => {
    switch (effect.kind) {
      case 'move': {
        const point = host.toScreen(effect.at.x, effect.at.y);
        host.input.move(point);
        host.moved(point, false);
        break;
      }
      case 'click':
        if (effect.button === 3) navigator.vibrate?.(15);
        host.input.click(effect.button);
        break;
      case 'button-down':
        host.input.buttonDown(effect.button);
        break;
      case 'button-up':
        host.input.buttonUp(effect.button);
        break;
      case 'scroll': {
        // The content follows the fingers, as on a phone, so the wheel turns the other way.
        const [next, clicks] = accumulateWheel(
          wheel,
          { deltaX: -effect.dx * 2, deltaY: -effect.dy * 2, deltaMode: 0 },
          clock.nowMs(),
        );
        wheel = next;
        host.input.scroll(clicks.x, clicks.y, false);
        break;
      }
    }
  };
  const step = (input: TouchInput) => {
    const [next, effects] = stepTouch(state, input, clock.nowMs());
    state = next;
    if (host.inControl()) for (const effect of effects) carryOut(effect);
    else if (effects.some((effect) => effect.kind === 'click')) host.wanted();
    cancelTick?.();
    const dueAtMs = touchDueAtMs(state);
    cancelTick = dueAtMs === null ? null : clock.after(dueAtMs - clock.nowMs() + 1, () => step({ kind: 'tick' }));
  };
  const onTouch = (kind: 'down' | 'move') => (event: PointerEvent) => {
    if (event.pointerType !== 'touch') return;
    if (kind === 'down') host.focus();
    step({ kind, id: event.pointerId, at: { x: event.clientX, y: event.clientY } });
  };
  const onEnd = (kind: 'up' | 'cancel') => (event: PointerEvent) => {
    if (event.pointerType === 'touch') step({ kind, id: event.pointerId });
  };
  const releases = [
    listen(surface, 'pointerdown', onTouch('down')),
    listen(surface, 'pointermove', onTouch('move')),
    listen(surface, 'pointerup', onEnd('up')),
    listen(surface, 'pointercancel', onEnd('cancel')),
    // Keeps the browser from making mouse events, zooming and scrolling of them.
    listen(surface, 'touchstart', (event) => event.cancelable && event.preventDefault(), { passive: false }),
  ];
  return once(() => {
    cancelTick?.();
    for (const release of releases) release();
  });
}

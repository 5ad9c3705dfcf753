import { type Dispose, once } from '../../server/lib/dispose.js';

interface PointerRawEvents {
  readonly pointerrawupdate: PointerEvent;
}
type ElementEvents = HTMLElementEventMap & DocumentEventMap & WindowEventMap & PointerRawEvents;

/** Listens to an element, window or document until released. */
export function listen<Name extends keyof ElementEvents>(
  target: EventTarget,
  name: Name,
  listener: (event: ElementEvents[Name]) => void,
  options?: AddEventListenerOptions,
): Dispose {
  // The name decides the event's class; the DOM's declarations only say so for each kind of target.
  const untyped = listener as (event: Event) => void;
  target.addEventListener(name, untyped, options);
  return once(() => target.removeEventListener(name, untyped, options));
}

/** The fields of a WheelEvent that are used. */
export interface WheelInput {
  readonly deltaX: number;
  readonly deltaY: number;
  /** 0 pixels, 1 lines, 2 pages. */
  readonly deltaMode: number;
}

/** The rest of movements too small for a click of the desktop's wheel, in pixels. */
export interface WheelState {
  readonly x: number;
  readonly y: number;
  readonly lastMs: number;
}

/** Wheel clicks in the wire's sense, against the browser's: positive y is up and positive x is left. */
export interface WheelClicks {
  readonly x: number;
  readonly y: number;
}

/** One notch of a mouse wheel is 100 to 120 px in every browser; half of it lets touchpads start early. */
export const PIXELS_PER_CLICK = 60;
const PIXELS_PER_LINE = 20;
const PIXELS_PER_PAGE = 600;
/** A pause ends a gesture; its remainder must not tip the next one. */
const GESTURE_PAUSE_MS = 400;
/** Keeps one violent flick from scrolling for seconds. */
const MAX_CLICKS = 10;

export const STILL_WHEEL: WheelState = { x: 0, y: 0, lastMs: Number.NEGATIVE_INFINITY };

/** The state after a wheel event, and the clicks to send; zero clicks send nothing. */
export function accumulateWheel(state: WheelState, input: WheelInput, nowMs: number): [WheelState, WheelClicks] {
  const rested = nowMs - state.lastMs > GESTURE_PAUSE_MS ? STILL_WHEEL : state;
  const unit = input.deltaMode === 1 ? PIXELS_PER_LINE : input.deltaMode === 2 ? PIXELS_PER_PAGE : 1;
  const [x, clicksX] = accumulate(rested.x, input.deltaX * unit);
  const [y, clicksY] = accumulate(rested.y, input.deltaY * unit);
  return [
    { x, y, lastMs: nowMs },
    { x: 0 - clicksX, y: 0 - clicksY },
  ];
}

/** The new remainder, and whole clicks in the browser's direction. */
function accumulate(rest: number, delta: number): [number, number] {
  if (delta === 0) return [rest, 0];
  // A notch is one click, whatever its size in pixels; only finer movements add up.
  if (Math.abs(delta) >= PIXELS_PER_CLICK && Math.abs(delta) <= 2 * PIXELS_PER_CLICK) return [0, Math.sign(delta)];
  const total = Math.sign(rest) === -Math.sign(delta) ? delta : rest + delta;
  const clicks = Math.trunc(total / PIXELS_PER_CLICK);
  return [total - clicks * PIXELS_PER_CLICK, Math.max(-MAX_CLICKS, Math.min(MAX_CLICKS, clicks))];
}

import { assertNever } from '../../server/lib/assert-never.js';

/** A point of the page in CSS pixels. */
export interface TouchPoint {
  readonly x: number;
  readonly y: number;
}

/** Turns fingers into a mouse: tap is a click, drag holds the left button, holding still is a right click, two fingers scroll. */
export type TouchState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'pressed'; readonly id: number; readonly at: TouchPoint; readonly sinceMs: number }
  | { readonly kind: 'dragging'; readonly id: number }
  | { readonly kind: 'scrolling'; readonly fingers: ReadonlyMap<number, TouchPoint> }
  /** The gesture is over, fingers are still down. */
  | { readonly kind: 'spent'; readonly fingers: ReadonlySet<number> };

export type TouchInput =
  | { readonly kind: 'down'; readonly id: number; readonly at: TouchPoint }
  | { readonly kind: 'move'; readonly id: number; readonly at: TouchPoint }
  | { readonly kind: 'up'; readonly id: number }
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'tick' };

export type TouchEffect =
  | { readonly kind: 'move'; readonly at: TouchPoint }
  | { readonly kind: 'button-down' | 'button-up' | 'click'; readonly button: 1 | 3 }
  /** Finger movement in CSS pixels, averaged over the fingers. */
  | { readonly kind: 'scroll'; readonly dx: number; readonly dy: number };

/** Platforms use 400 to 600 ms. */
export const LONG_PRESS_MS = 500;
/** A finger is never quite still. */
export const DRAG_THRESHOLD_PX = 9;

export const NO_TOUCH: TouchState = { kind: 'idle' };

type Step = [TouchState, TouchEffect[]];

export function stepTouch(state: TouchState, input: TouchInput, nowMs: number): Step {
  switch (state.kind) {
    case 'idle':
      if (input.kind !== 'down') return [state, []];
      return [{ kind: 'pressed', id: input.id, at: input.at, sinceMs: nowMs }, []];
    case 'pressed':
      return pressed(state, input, nowMs);
    case 'dragging':
      return dragging(state, input);
    case 'scrolling':
      return scrolling(state, input);
    case 'spent':
      return spent(state, input);
    default:
      return assertNever(state);
  }
}

/** When a resting finger becomes a long press, in ms, or null. */
export function touchDueAtMs(state: TouchState): number | null {
  return state.kind === 'pressed' ? state.sinceMs + LONG_PRESS_MS : null;
}

function pressed(state: TouchState & { kind: 'pressed' }, input: TouchInput, nowMs: number): Step {
  const there: TouchEffect = { kind: 'move', at: state.at };
  switch (input.kind) {
    case 'down':
      return [
        {
          kind: 'scrolling',
          fingers: new Map([
            [state.id, state.at],
            [input.id, input.at],
          ]),
        },
        [there],
      ];
    case 'move':
      if (input.id !== state.id || distance(state.at, input.at) < DRAG_THRESHOLD_PX) return [state, []];
      return [{ kind: 'dragging', id: state.id }, [there, { kind: 'button-down', button: 1 }, { kind: 'move', at: input.at }]];
    case 'up':
      return [NO_TOUCH, [there, { kind: 'click', button: 1 }]];
    case 'cancel':
      return [NO_TOUCH, []];
    case 'tick':
      if (nowMs < state.sinceMs + LONG_PRESS_MS) return [state, []];
      return [{ kind: 'spent', fingers: new Set([state.id]) }, [there, { kind: 'click', button: 3 }]];
    default:
      return assertNever(input);
  }
}

function dragging(state: TouchState & { kind: 'dragging' }, input: TouchInput): Step {
  switch (input.kind) {
    case 'move':
      return [state, input.id === state.id ? [{ kind: 'move', at: input.at }] : []];
    case 'up':
    case 'cancel':
      return input.id === state.id ? [NO_TOUCH, [{ kind: 'button-up', button: 1 }]] : [state, []];
    case 'down':
    case 'tick':
      return [state, []];
    default:
      return assertNever(input);
  }
}

function scrolling(state: TouchState & { kind: 'scrolling' }, input: TouchInput): Step {
  if (input.kind === 'tick') return [state, []];
  if (input.kind === 'up' || input.kind === 'cancel') {
    const rest = new Set([...state.fingers.keys()].filter((id) => id !== input.id));
    return [rest.size === 0 ? NO_TOUCH : { kind: 'spent', fingers: rest }, []];
  }
  const before = state.fingers.get(input.id);
  const fingers = new Map(state.fingers).set(input.id, input.at);
  if (!before) return [{ kind: 'scrolling', fingers }, []];
  const share = 1 / fingers.size;
  return [
    { kind: 'scrolling', fingers },
    [{ kind: 'scroll', dx: (input.at.x - before.x) * share, dy: (input.at.y - before.y) * share }],
  ];
}

function spent(state: TouchState & { kind: 'spent' }, input: TouchInput): Step {
  if (input.kind === 'down') return [{ kind: 'spent', fingers: new Set(state.fingers).add(input.id) }, []];
  if (input.kind !== 'up' && input.kind !== 'cancel') return [state, []];
  const fingers = new Set([...state.fingers].filter((id) => id !== input.id));
  return [fingers.size === 0 ? NO_TOUCH : { kind: 'spent', fingers }, []];
}

function distance(a: TouchPoint, b: TouchPoint): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

import { type Static, Type } from '@sinclair/typebox';
import { Int, Uint8, Uint32 } from '../numbers.js';
import { ClipboardText } from './clipboard.js';
import { SessionId } from './session.js';

/** The session in control. `id` is the session that caused the change, empty inside `system/init`. */
export const ControlHost = Type.Object({ id: Type.String(), has_host: Type.Boolean(), host_id: Type.Optional(Type.String()) });
export type ControlHost = Static<typeof ControlHost>;

/** An optional position; with only one coordinate the other is 0. */
const optionalPosition = { x: Type.Optional(Int), y: Type.Optional(Int) };

export const ControlMove = Type.Object({ x: Int, y: Int });
/** `x`, `y` are the older spelling, used when both deltas are 0. */
export const ControlScroll = Type.Object({ delta_x: Int, delta_y: Int, control_key: Type.Boolean(), x: Int, y: Int });
export type ControlScroll = Static<typeof ControlScroll>;
export const ControlButton = Type.Object({ code: Uint32, ...optionalPosition });
export const ControlKey = Type.Object({ keysym: Uint32, ...optionalPosition });
export const ControlTouch = Type.Object({ touch_id: Uint32, pressure: Uint8, ...optionalPosition });
export const ControlPaste = ClipboardText;

export interface Position {
  readonly x: number;
  readonly y: number;
}

/** The position of a payload, or null where neither coordinate was given. */
export function givenPosition(payload: { readonly x?: number; readonly y?: number }): Position | null {
  return payload.x === undefined && payload.y === undefined ? null : { x: payload.x ?? 0, y: payload.y ?? 0 };
}

export const controlClientEvents = {
  'control/request': null,
  'control/release': null,
  'control/move': ControlMove,
  'control/scroll': ControlScroll,
  'control/buttonpress': ControlButton,
  'control/buttondown': ControlButton,
  'control/buttonup': ControlButton,
  'control/keypress': ControlKey,
  'control/keydown': ControlKey,
  'control/keyup': ControlKey,
  'control/touchbegin': ControlTouch,
  'control/touchupdate': ControlTouch,
  'control/touchend': ControlTouch,
  'control/cut': null,
  'control/copy': null,
  'control/select_all': null,
  'control/paste': ControlPaste,
};

export const controlServerEvents = {
  'control/host': ControlHost,
  'control/request': SessionId,
};

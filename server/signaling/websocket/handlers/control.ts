import { err } from '../../../lib/result.js';
import { controlClientEvents as events, givenPosition, type Position } from '../../../protocol/events/control.js';
import type { Command } from '../../../room/command.js';
import type { InputAction } from '../../../room/input-action.js';
import type { Services } from '../../services.js';
import { setClipboard } from './clipboard.js';
import { DONE, type EventRoute, type Outcome, on, onBare, type Sender } from './event-route.js';

/** X keysyms of the shortcuts. */
const CONTROL_L = 0xffe3;
const LETTER = { a: 0x61, c: 0x63, v: 0x76, x: 0x78 };

/** Counts events that ask for control from a session that is not host. */
function ask({ room, rates, clock }: Services, { sessionId }: Sender, command: Command) {
  if (!room.isHost(sessionId) && !rates.take(sessionId, 'seat', clock.nowMs())) return err('asks too often');
  const refusal = room.apply(command);
  return refusal === null || refusal === 'already-host' ? DONE : err(refusal);
}

function askForControl(services: Services, sender: Sender) {
  return ask(services, sender, { kind: 'request-control', actor: { kind: 'session', id: sender.sessionId }, implicit: true });
}

/** Input asks for control by itself (room/SPEC.md RI2). A position in the message is where it happens. */
function input(services: Services, sender: Sender, position: Position | null, ...actions: readonly InputAction[]): Outcome {
  const move: InputAction[] = position === null ? [] : [{ kind: 'move', ...position }];
  return ask(services, sender, { kind: 'input', id: sender.sessionId, actions: [...move, ...actions], asks: true });
}

function pressWithControl(letter: number): InputAction {
  return { kind: 'key-press', keysyms: [CONTROL_L, letter] };
}

function shortcut(letter: number): EventRoute {
  return onBare((services, sender) => input(services, sender, null, pressWithControl(letter)));
}

function touch(kind: 'touch-begin' | 'touch-update' | 'touch-end'): EventRoute {
  return on(events['control/touchbegin'], (services, sender, payload) => {
    const position = givenPosition(payload);
    if (position === null) return err('touch without coordinates');
    return input(services, sender, null, { kind, ...position, id: payload.touch_id, pressure: payload.pressure });
  });
}

/** Button 0 does not exist; the position beside it still counts. */
function button(kind: 'button-press' | 'button-down' | 'button-up'): EventRoute {
  return on(events['control/buttondown'], (services, sender, { code, ...payload }) =>
    input(services, sender, givenPosition(payload), ...(code > 0 ? [{ kind, code }] : [])),
  );
}

/** Keysym 0 is NoSymbol; the position beside it still counts. */
function key(action: (keysym: number) => InputAction): EventRoute {
  return on(events['control/keydown'], (services, sender, { keysym, ...payload }) =>
    input(services, sender, givenPosition(payload), ...(keysym > 0 ? [action(keysym)] : [])),
  );
}

export const controlEvents = {
  'control/request': onBare(askForControl),
  'control/release': onBare(({ room }, { sessionId }) => {
    const refused = room.apply({ kind: 'release-control', actor: { kind: 'session', id: sessionId } });
    return refused === null ? DONE : err(refused);
  }),
  'control/move': on(events['control/move'], (services, sender, { x, y }) => input(services, sender, { x, y })),
  'control/scroll': on(events['control/scroll'], (services, sender, payload) => {
    const old = payload.delta_x === 0 && payload.delta_y === 0;
    const [deltaX, deltaY] = old ? [payload.x, payload.y] : [payload.delta_x, payload.delta_y];
    return input(services, sender, null, { kind: 'scroll', deltaX, deltaY, control: payload.control_key });
  }),
  'control/buttonpress': button('button-press'),
  'control/buttondown': button('button-down'),
  'control/buttonup': button('button-up'),
  'control/keypress': key((keysym) => ({ kind: 'key-press', keysyms: [keysym] })),
  'control/keydown': key((keysym) => ({ kind: 'key-down', keysym })),
  'control/keyup': key((keysym) => ({ kind: 'key-up', keysym })),
  'control/touchbegin': touch('touch-begin'),
  'control/touchupdate': touch('touch-update'),
  'control/touchend': touch('touch-end'),
  'control/cut': shortcut(LETTER.x),
  'control/copy': shortcut(LETTER.c),
  'control/select_all': shortcut(LETTER.a),
  'control/paste': on(events['control/paste'], async (services, sender, { text }) => {
    const gained = askForControl(services, sender);
    if (!gained.ok) return gained;
    const set = text === '' ? DONE : await setClipboard(services, sender, text);
    if (!set.ok) return set;
    // Setting the text took time, in which control may have passed on, so this input does not ask for control.
    const actions = [pressWithControl(LETTER.v)];
    const refused = services.room.apply({ kind: 'input', id: sender.sessionId, actions, asks: false });
    return refused === null ? DONE : err(refused);
  }),
} satisfies Record<keyof typeof events, EventRoute>;

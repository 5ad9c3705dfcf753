import { err } from '../../lib/result.js';
import { controlClientEvents as events, givenPosition, type Position } from '../../protocol/control.js';
import { hostingRefusal } from '../../room/permissions.js';
import { act, pressKey, pressTogether, touchScreen } from '../pointer.js';
import type { InputPort, TouchKind } from '../ports.js';
import type { Services } from '../services.js';
import { setClipboard } from './clipboard.js';
import { DONE, type EventRoute, type Outcome, on, onBare, type Sender } from './event-route.js';

/** X keysyms of the shortcuts. */
const CONTROL_L = 0xffe3;
const LETTER = { a: 0x61, c: 0x63, v: 0x76, x: 0x78 };

/** Input asks for control by itself: an error where it was not given (websocket.md section 5.1). */
function gainControl({ room, rates, clock }: Services, { sessionId }: Sender) {
  if (room.state.hostId === sessionId) return DONE;
  if (!rates.take(sessionId, 'seat', clock.nowMs())) return err('asks too often');
  const refusal = room.apply({ kind: 'request-control', actor: { kind: 'session', id: sessionId }, implicit: true });
  return refusal === null || refusal === 'already-host' ? DONE : err(refusal);
}

/** Input with a position that may come along. */
function withInput(services: Services, sender: Sender, position: Position | null, add: () => void): Outcome {
  const gained = gainControl(services, sender);
  if (!gained.ok) return gained;
  if (position !== null) services.input.add(sender.sessionId, { kind: 'move', ...position });
  add();
  return DONE;
}

function shortcut(letter: number): EventRoute {
  return onBare((services, sender) =>
    withInput(services, sender, null, () => pressTogether(services, sender.sessionId, [CONTROL_L, letter])),
  );
}

function touch(kind: TouchKind): EventRoute {
  return on(events['control/touchbegin'], (services, sender, payload) => {
    const position = givenPosition(payload);
    if (position === null) return err('touch without coordinates');
    return withInput(services, sender, null, () =>
      touchScreen(services, sender.sessionId, kind, { ...position, id: payload.touch_id, pressure: payload.pressure }),
    );
  });
}

/** Button 0 does not exist; the position beside it still counts. */
function button(press: (input: InputPort, code: number) => void): EventRoute {
  return on(events['control/buttondown'], (services, sender, payload) =>
    withInput(services, sender, givenPosition(payload), () => {
      if (payload.code > 0) act(services, sender.sessionId, (input) => press(input, payload.code));
    }),
  );
}

/** Keysym 0 is NoSymbol; the position beside it still counts. */
function key(press: (input: InputPort, keysym: number) => void): EventRoute {
  return on(events['control/keydown'], (services, sender, payload) =>
    withInput(services, sender, givenPosition(payload), () => {
      if (payload.keysym > 0) act(services, sender.sessionId, (input) => press(input, payload.keysym));
    }),
  );
}

export const controlRoutes = {
  'control/request': onBare((services, sender) => gainControl(services, sender)),
  'control/release': onBare(({ room }, { sessionId }) => {
    const profile = room.state.sessions.get(sessionId)?.profile;
    const refusal = profile === undefined ? 'unknown-session' : hostingRefusal(room.state.settings, profile);
    if (refusal !== null) return err(refusal);
    const refused = room.apply({ kind: 'release-control', actor: { kind: 'session', id: sessionId } });
    return refused === null ? DONE : err(refused);
  }),
  'control/move': on(events['control/move'], (services, sender, { x, y }) => withInput(services, sender, { x, y }, () => {})),
  'control/scroll': on(events['control/scroll'], (services, sender, payload) => {
    const old = payload.delta_x === 0 && payload.delta_y === 0;
    const [deltaX, deltaY] = old ? [payload.x, payload.y] : [payload.delta_x, payload.delta_y];
    return withInput(services, sender, null, () =>
      services.input.add(sender.sessionId, { kind: 'scroll', deltaX, deltaY, control: payload.control_key }),
    );
  }),
  'control/buttonpress': button((input, code) => input.buttonPress(code)),
  'control/buttondown': button((input, code) => input.buttonDown(code)),
  'control/buttonup': button((input, code) => input.buttonUp(code)),
  'control/keypress': key((input, keysym) => input.keyPress([keysym])),
  'control/keydown': on(events['control/keydown'], (services, sender, payload) =>
    withInput(services, sender, givenPosition(payload), () => {
      if (payload.keysym > 0) pressKey(services, sender.sessionId, payload.keysym);
    }),
  ),
  'control/keyup': key((input, keysym) => input.keyUp(keysym)),
  'control/touchbegin': touch('begin'),
  'control/touchupdate': touch('update'),
  'control/touchend': touch('end'),
  'control/cut': shortcut(LETTER.x),
  'control/copy': shortcut(LETTER.c),
  'control/select_all': shortcut(LETTER.a),
  'control/paste': on(events['control/paste'], async (services, sender, { text }) => {
    const gained = gainControl(services, sender);
    if (!gained.ok) return gained;
    const set = text === '' ? DONE : await setClipboard(services, sender.sessionId, text);
    if (!set.ok) return set;
    if (services.room.state.hostId !== sender.sessionId) return err('not-host');
    pressTogether(services, sender.sessionId, [CONTROL_L, LETTER.v]);
    return DONE;
  }),
} satisfies Record<keyof typeof events, EventRoute>;

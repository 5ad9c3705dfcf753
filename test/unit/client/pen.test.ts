import { expect, test } from 'vitest';
import { attachPointer } from '../../../client/input/attach-pointer.js';
import { DesktopInput } from '../../../client/input/desktop-input.js';

/** A surface without a browser, and what comes of events on it. */
function surface(inControl: boolean) {
  const sent: string[] = [];
  const target = Object.assign(new EventTarget(), { setPointerCapture: () => undefined });
  const clock = { nowMs: () => 0, after: () => () => undefined };
  const input = new DesktopInput(
    (command) => sent.push('code' in command ? `${command.kind} ${command.code}` : command.kind),
    clock,
  );
  attachPointer(target as unknown as HTMLElement, {
    input,
    inControl: () => inControl,
    wanted: () => sent.push('wanted'),
    focus: () => undefined,
    toScreen: (x, y) => ({ x, y }),
    holdsControl: () => false,
    modifiersAre: () => undefined,
    moved: () => undefined,
    nowMs: () => 0,
  });
  const fire = (name: string, fields: object) => {
    const event = Object.assign(new Event(name, { cancelable: true }), {
      clientX: 1,
      clientY: 2,
      pointerId: 1,
      button: 0,
      ...fields,
    });
    target.dispatchEvent(event);
    return event.defaultPrevented;
  };
  return { sent, fire };
}

test('a pen clicks by its pointer events, and prevents the mouse events that some browsers make of them', () => {
  const { sent, fire } = surface(true);
  expect(fire('pointerdown', { pointerType: 'pen' })).toBe(true);
  fire('pointerup', { pointerType: 'pen' });
  fire('pointerdown', { pointerType: 'pen', button: 2 });
  fire('pointerup', { pointerType: 'pen', button: 2 });
  expect(sent.filter((each) => each !== 'move')).toEqual(['button-down 1', 'button-up 1', 'button-down 3', 'button-up 3']);
  const asking = surface(false);
  asking.fire('pointerdown', { pointerType: 'pen' });
  expect(asking.sent).toEqual(['wanted']);
});

test('a mouse clicks by its mouse events alone, which a prevented pointer event would suppress', () => {
  const { sent, fire } = surface(true);
  expect(fire('pointerdown', { pointerType: 'mouse' })).toBe(false);
  fire('mousedown', {});
  fire('pointerup', { pointerType: 'mouse' });
  fire('mouseup', {});
  expect(sent.filter((each) => each !== 'move')).toEqual(['button-down 1', 'button-up 1']);
});

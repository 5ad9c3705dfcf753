import type { DesktopPort, InputPort } from './signaling/ports.js';

/** The same desktop, with `notice` called before every input: the capture answers it with the next frame at once. */
export function noticeInput(desktop: DesktopPort, notice: () => void): DesktopPort {
  const { input } = desktop;
  const noticed =
    <Args extends unknown[]>(act: (...args: Args) => void) =>
    (...args: Args): void => {
      notice();
      act(...args);
    };
  const noticing: InputPort = {
    move: noticed(input.move),
    scroll: noticed(input.scroll),
    buttonDown: noticed(input.buttonDown),
    buttonUp: noticed(input.buttonUp),
    buttonPress: noticed(input.buttonPress),
    keyDown: noticed(input.keyDown),
    keyUp: noticed(input.keyUp),
    keyPress: noticed(input.keyPress),
    releaseAll: input.releaseAll,
    synced: input.synced,
    touch: noticed(input.touch),
  };
  const { screen, keyboard, clipboard, touchEvents } = desktop;
  return { screen, keyboard, clipboard, touchEvents, input: noticing };
}

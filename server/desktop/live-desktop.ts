import type { Clock } from '../lib/clock.js';
import type { Dispose } from '../lib/dispose.js';
import type { Log } from '../lib/log.js';
import { err, ok, type Result } from '../lib/result.js';
import { Clipboard } from './clipboard/clipboard.js';
import { Input } from './input/input.js';
import { Pointer } from './input/pointer.js';
import { Keyboard } from './keyboard/keyboard.js';
import { useKernelKeycodes } from './keyboard/layout.js';
import { Cursor } from './screen/cursor.js';
import { Screen } from './screen/screen.js';
import { unminimizeWindows } from './screen/unminimize.js';
import type { Session } from './session.js';

/** Everything that hangs on one connection to the X server; a new connection makes a new one. */
export interface LiveDesktop {
  readonly session: Session;
  readonly screen: Screen;
  readonly input: Input;
  readonly keyboard: Keyboard;
  readonly cursor: Cursor;
  readonly clipboard: Clipboard;
  /** Lets go of held keys and buttons, stops to follow the server and disconnects. */
  close(): void;
}

export interface TakeUpOptions {
  readonly display: string;
  readonly unminimize: boolean;
  readonly clock: Clock;
  readonly log: Log;
}

/** Takes up all parts of the desktop on a fresh connection. */
export async function takeUp(session: Session, options: TakeUpOptions): Promise<Result<LiveDesktop>> {
  const { clock } = options;
  const numbered = await useKernelKeycodes(session, options.display);
  if (!numbered.ok)
    options.log.warn({ reason: numbered.error }, 'the keys of the X server keep their old numbers: is setxkbmap installed?');
  const screen = await Screen.open(session);
  const keyboard = await Keyboard.open(session);
  const clipboard = await Clipboard.open(session, clock);
  const cursor = await Cursor.open(session, clock);
  const unminimize: Result<Dispose> = options.unminimize ? await unminimizeWindows(session) : ok(() => undefined);
  if (!keyboard || !clipboard || !unminimize.ok || !session.alive) {
    session.close();
    return err('the X server went away or cannot describe its keyboard');
  }
  const input = new Input(keyboard, new Pointer(session, () => screen.current()), clock);
  const close = () => {
    if (session.alive) input.releaseAll();
    input.close();
    for (const part of [screen, keyboard, clipboard, cursor]) part.close();
    unminimize.value();
    session.close();
  };
  return ok({ session, screen, input, keyboard, cursor, clipboard, close });
}

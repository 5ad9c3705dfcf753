import type { Clock } from '../lib/clock.js';
import type { Dispose } from '../lib/dispose.js';
import type { Log } from '../lib/log.js';
import { err, ok, type Result } from '../lib/result.js';
import { DesktopClipboard } from './clipboard/clipboard.js';
import { Input } from './input/input.js';
import { Pointer } from './input/pointer.js';
import { Keyboard } from './keyboard/keyboard.js';
import { useKernelKeycodes } from './keyboard/layout.js';
import { Cursor } from './screen/cursor.js';
import { Screen } from './screen/screen.js';
import { unminimizeWindows } from './screen/unminimize.js';
import type { XConnection } from './x-connection.js';

/** Everything that hangs on one connection to the X server; a new connection makes a new one. */
export interface LiveDesktop {
  readonly connection: XConnection;
  readonly screen: Screen;
  readonly input: Input;
  readonly keyboard: Keyboard;
  readonly cursor: Cursor;
  readonly clipboard: DesktopClipboard;
  /** Lets go of held keys and buttons, stops following the server and disconnects. */
  close(): void;
}

export interface TakeUpOptions {
  readonly display: string;
  readonly unminimize: boolean;
  readonly clock: Clock;
  readonly log: Log;
}

/** Sets up all parts of the desktop on a new connection. */
export async function takeUp(connection: XConnection, options: TakeUpOptions): Promise<Result<LiveDesktop>> {
  const { clock } = options;
  const numbered = await useKernelKeycodes(connection, options.display);
  if (!numbered.ok)
    options.log.warn({ reason: numbered.error }, 'the keys of the X server keep their old numbers: is setxkbmap installed?');
  const screen = await Screen.open(connection);
  const keyboard = await Keyboard.open(connection);
  const clipboard = await DesktopClipboard.open(connection, clock);
  const cursor = await Cursor.open(connection, clock);
  const unminimize: Result<Dispose> = options.unminimize ? await unminimizeWindows(connection) : ok(() => undefined);
  if (!keyboard || !clipboard || !unminimize.ok || !connection.alive) {
    connection.close();
    return err('the X server went away or cannot describe its keyboard');
  }
  const input = new Input(keyboard, new Pointer(connection, () => screen.current()), clock);
  const close = () => {
    if (connection.alive) input.releaseAll();
    input.close();
    for (const part of [screen, keyboard, clipboard, cursor]) part.close();
    unminimize.value();
    connection.close();
  };
  return ok({ connection, screen, input, keyboard, cursor, clipboard, close });
}

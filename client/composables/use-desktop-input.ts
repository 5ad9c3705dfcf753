import { onMounted, onScopeDispose, type Ref, watch } from 'vue';
import { systemClock } from '../../server/lib/clock.js';
import { type AttachedKeyboard, attachKeyboard } from '../input/attach-keyboard.js';
import { attachPointer, type PointerHost } from '../input/attach-pointer.js';
import { attachTouch } from '../input/attach-touch.js';
import { DesktopInput } from '../input/desktop-input.js';
import { listen } from '../input/listen.js';
import { platformOf } from '../input/platform.js';
import { type ScreenPoint, toScreen } from '../input/viewport.js';
import type { SharedClipboard } from './use-clipboard.js';
import type { PageRoom } from './use-room.js';

export interface InputTargets {
  /** The element that lies exactly over the picture. */
  readonly surface: Readonly<Ref<HTMLElement | null>>;
  /** Holds the focus and receives the text of IMEs and on-screen keyboards. */
  readonly field: Readonly<Ref<HTMLTextAreaElement | null>>;
  moved(point: ScreenPoint, isMouse: boolean): void;
  leave(): void;
}

/** Connects mouse, touch and keyboard to the desktop while in control, and lets go of everything when that ends. */
export function useDesktopInput(
  { connection, control, room }: PageRoom,
  clipboard: SharedClipboard,
  targets: InputTargets,
): void {
  const input = new DesktopInput((command) => connection.send(command), systemClock);
  const inControl = () => control.value === 'mine';
  let keyboard: AttachedKeyboard | null = null;
  let locks = '';

  const releaseEverything = () => {
    keyboard?.releaseKeys();
    input.releaseButtons();
  };
  const lockKeys = (capslock: boolean, numlock: boolean) => {
    const now = `${capslock} ${numlock}`;
    if (now === locks) return;
    locks = now;
    connection.setModifiers({ capslock, numlock });
  };
  const pointerHost = (surface: HTMLElement, field: HTMLTextAreaElement): PointerHost => ({
    input,
    inControl,
    wanted: () => control.value === 'free' && connection.requestControl(),
    focus: () => field.focus({ preventScroll: true }),
    toScreen: (clientX, clientY) =>
      toScreen(clientX, clientY, surface.getBoundingClientRect(), room.value?.screen ?? { width: 0, height: 0 }),
    holdsControl: () => keyboard?.holdsControl() ?? false,
    modifiersAre: (modifiers) => keyboard?.modifiersAre(modifiers),
    moved: targets.moved,
    nowMs: systemClock.nowMs,
  });

  onMounted(() => {
    const surface = targets.surface.value;
    const field = targets.field.value;
    if (!surface || !field) return;
    const host = pointerHost(surface, field);
    keyboard = attachKeyboard(
      field,
      {
        input,
        inControl,
        pasted: clipboard.pasted,
        pasteText: (text) => connection.paste(clipboard.newest(text)),
        typeText: (text) => connection.paste(text),
        leave: targets.leave,
        lockKeys,
      },
      platformOf(navigator.userAgent),
      systemClock,
    );
    const releases = [attachPointer(surface, host), attachTouch(surface, host, systemClock), keyboard.detach];
    onScopeDispose(() => {
      for (const release of releases) release();
    });
  });
  onScopeDispose(listen(window, 'blur', releaseEverything));
  onScopeDispose(listen(document, 'visibilitychange', releaseEverything));
  watch(control, (now, before) => {
    if (now === 'mine') locks = '';
    if (before === 'mine') releaseEverything();
  });
}

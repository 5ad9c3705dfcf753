import type { Clock } from '../../server/lib/clock.js';
import { type Dispose, once } from '../../server/lib/dispose.js';
import type { DesktopInput } from './desktop-input.js';
import {
  ALTGR_MS,
  holds,
  type KeyAction,
  keyDown,
  keyUp,
  type Modifiers,
  NO_KEYS,
  type Platform,
  releaseAll,
  releaseBoth,
  releaseLost,
  settleControl,
} from './keyboard.js';
import { listen } from './listen.js';
import { FILLER, fieldChange, type TextAction, textChange, withLineFeeds } from './typed-text.js';

export interface KeyboardHost {
  readonly input: DesktopInput;
  inControl(): boolean;
  /** The user pasted; resolves when the desktop's clipboard holds the text, so that the key may follow. */
  pasted(text: string): Promise<void>;
  /** The user pasted without a key, from a menu. */
  pasteText(text: string): void;
  /** Text that is too long to be typed key by key. */
  typeText(text: string): void;
  /** The way out of the picture for users without a mouse. */
  leave(): void;
  lockKeys(capslock: boolean, numlock: boolean): void;
}

export interface AttachedKeyboard {
  readonly detach: Dispose;
  /** Releases every key held on the desktop. */
  releaseKeys(): void;
  holdsControl(): boolean;
  /** Another event reported which modifiers are down: the others are released. */
  modifiersAre(modifiers: Modifiers): void;
}

/** The paste event follows its key within the same task; where none comes, the key must not wait for it. */
const PASTE_EVENT_MS = 25;

/** Sends the keyboard to the desktop while the field has focus and we are in control; composed text comes out of the field. */
export function attachKeyboard(
  field: HTMLTextAreaElement,
  host: KeyboardHost,
  platform: Platform,
  clock: Clock,
): AttachedKeyboard {
  let keys = NO_KEYS;
  let text = '';
  let cancelSettle: Dispose | null = null;
  /** Keys behind a paste, held back until the clipboard is there; null when nothing holds them. */
  let waiting: KeyAction[] | null = null;
  let cancelWaiting: Dispose | null = null;
  let chord = false;

  const send = (actions: readonly KeyAction[]) => {
    if (waiting) waiting.push(...actions);
    else host.input.keys(actions);
  };
  const goOn = () => {
    cancelWaiting?.();
    cancelWaiting = null;
    const actions = waiting ?? [];
    waiting = null;
    host.input.keys(actions);
  };
  const type = (actions: readonly TextAction[]) => {
    for (const action of actions) {
      if (action.kind === 'press') host.input.press(action.keysym);
      else host.typeText(action.text);
    }
  };
  const empty = () => {
    text = field.inputMode === 'none' ? '' : FILLER;
    field.value = text;
    if (text !== '') field.setSelectionRange(text.length, text.length);
  };
  const letGo = ([next, actions]: readonly [typeof keys, readonly KeyAction[]]) => {
    keys = next;
    send(actions);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (!host.inControl()) return;
    chord = event.ctrlKey && event.altKey && event.shiftKey && ['Control', 'Alt', 'Shift'].includes(event.key);
    host.lockKeys(event.getModifierState('CapsLock'), event.getModifierState('NumLock'));
    const isPaste = isPasteKey(event, platform);
    if (isPaste && !event.repeat && !waiting) {
      waiting = [];
      cancelWaiting = clock.after(PASTE_EVENT_MS, goOn);
    }
    const input = {
      key: event.key,
      code: event.code,
      ctrlKey: event.ctrlKey,
      altKey: event.altKey,
      metaKey: event.metaKey,
      shiftKey: event.shiftKey,
      isComposing: event.isComposing || event.keyCode === 229,
      altGraph: event.getModifierState('AltGraph'),
    };
    letGo(releaseLost(keys, event, input));
    const [next, actions, whose] = keyDown(keys, input, platform, clock.nowMs());
    keys = next;
    send(actions);
    if (whose === 'ours' && !isPaste) event.preventDefault();
    cancelSettle?.();
    if (keys.doubtfulControlMs !== null) cancelSettle = clock.after(ALTGR_MS, settle);
  };
  const settle = () => {
    const [next, actions] = settleControl(keys, clock.nowMs() + 1);
    keys = next;
    send(actions);
  };
  const onKeyUp = (event: KeyboardEvent) => {
    const [next, actions] = keyUp(keys, event);
    letGo([next, actions]);
    letGo(releaseBoth(keys, event, event, platform));
    if (host.inControl()) event.preventDefault();
    if (!chord) return;
    chord = false;
    releaseKeys();
    host.leave();
  };
  const onPaste = (event: ClipboardEvent) => {
    event.preventDefault();
    const pasted = withLineFeeds(event.clipboardData?.getData('text/plain') ?? '');
    if (!host.inControl() || !pasted) return goOn();
    cancelWaiting?.();
    cancelWaiting = null;
    // A paste from a menu comes without a key.
    if (waiting === null) host.pasteText(pasted);
    else void host.pasted(pasted).then(goOn);
  };
  const onInput = (event: InputEvent | Event) => {
    if (!host.inControl()) return empty();
    // While an IME composes, the text is still its own; an on-screen keyboard composes all the time and is followed as it goes.
    if (event instanceof InputEvent && event.isComposing && field.inputMode === 'none') return;
    type(field.inputMode === 'none' ? textChange(text, field.value) : fieldChange(text, field.value));
    text = field.value;
    // An on-screen keyboard corrects the words before the caret, so those stay for a while.
    const keeps = field.inputMode !== 'none' && text.startsWith(FILLER) && !text.endsWith('\n') && text.length <= 200;
    if (!keeps) empty();
  };
  const onCompositionEnd = () => {
    if (field.inputMode !== 'none') return;
    if (host.inControl()) type(textChange(text, field.value));
    empty();
  };
  const releaseKeys = () => {
    cancelSettle?.();
    const [next, actions] = releaseAll(keys);
    keys = next;
    goOn();
    host.input.keys(actions);
  };

  const releases = [
    listen(field, 'keydown', onKeyDown),
    listen(field, 'keyup', onKeyUp),
    listen(field, 'paste', onPaste),
    listen(field, 'input', onInput),
    listen(field, 'compositionend', onCompositionEnd),
    listen(field, 'focus', empty),
    listen(field, 'blur', () => releaseKeys()),
  ];
  return {
    releaseKeys,
    modifiersAre: (modifiers) => letGo(releaseLost(keys, modifiers, null)),
    holdsControl: () => holds(keys, 'ControlLeft', 'ControlRight', 'MetaLeft', 'MetaRight'),
    detach: once(() => {
      cancelSettle?.();
      cancelWaiting?.();
      for (const release of releases) release();
    }),
  };
}

function isPasteKey(event: KeyboardEvent, platform: Platform): boolean {
  const command = platform === 'mac' ? event.metaKey : event.ctrlKey;
  if (event.code === 'Insert') return event.shiftKey && !event.ctrlKey;
  return command && !event.altKey && (event.key.toLowerCase() === 'v' || (event.code === 'KeyV' && event.key.length === 1));
}

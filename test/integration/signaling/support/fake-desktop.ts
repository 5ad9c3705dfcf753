import { err, ok } from '../../../../server/lib/result.js';
import type { KeyboardMap, KeyboardModifiers } from '../../../../server/protocol/events/keyboard.js';
import type { ScreenSize } from '../../../../server/protocol/events/screen.js';
import type { DesktopPort } from '../../../../server/signaling/ports.js';

/** A desktop that remembers what it was told, in the order it was told. */
export class FakeDesktop implements DesktopPort {
  readonly said: string[] = [];
  readonly touchEvents = true;
  size: ScreenSize = { width: 1280, height: 720, rate: 30 };
  content: { text?: string; html?: string } | null = null;
  keymap: KeyboardMap = { layout: 'us', variant: '' };
  held: KeyboardModifiers = {
    shift: false,
    capslock: false,
    control: false,
    alt: false,
    numlock: false,
    meta: false,
    super: false,
    altgr: false,
  };
  readonly #changed = new Set<() => void>();

  readonly screen: DesktopPort['screen'] = {
    current: () => this.size,
    configurations: () => [
      { width: 1280, height: 720, rate: 30 },
      { width: 1920, height: 1080, rate: 60 },
    ],
    set: async (size) => {
      if (size.width > 10_000 || size.height < 10) return err('no such mode');
      this.size = size;
      return ok(size);
    },
  };

  readonly input: DesktopPort['input'] = {
    move: (x, y) => this.#say('move', x, y),
    scroll: (x, y, control) => this.#say('scroll', x, y, control),
    buttonDown: (code) => this.#say('buttonDown', code),
    buttonUp: (code) => this.#say('buttonUp', code),
    buttonPress: (code) => this.#say('buttonPress', code),
    keyDown: (keysym) => this.#say('keyDown', keysym),
    keyUp: (keysym) => this.#say('keyUp', keysym),
    keyPress: (keysyms) => this.#say('keyPress', ...keysyms),
    releaseAll: () => this.#say('releaseAll'),
    synced: async () => {},
    touch: (kind, id, x, y, pressure) => this.#say('touch', kind, id, x, y, pressure),
  };

  readonly keyboard: DesktopPort['keyboard'] = {
    map: async () => ok(this.keymap),
    setMap: async (map) => {
      if (map.layout === 'zz9') return err('unknown layout');
      this.keymap = map;
      return ok(undefined);
    },
    modifiers: async () => ok(this.held),
    setModifiers: async (patch) => {
      // A real desktop takes a round trip; messages behind this one must wait for it.
      await new Promise((resolve) => setTimeout(resolve, 20));
      this.held = { ...this.held, ...patch };
      this.#say('modifiers', JSON.stringify(patch));
      return ok(undefined);
    },
  };

  readonly clipboard: DesktopPort['clipboard'] = {
    readText: async () => (this.content === null ? err('nobody owns the clipboard') : ok(this.content.text)),
    read: async () => (this.content === null ? err('nobody owns the clipboard') : ok(this.content)),
    image: async () => err('no image'),
    write: async (content) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      this.copy(content);
      this.#say('clipboard', content.text ?? content.html ?? '');
      return ok(undefined);
    },
    onChange: (listener) => {
      this.#changed.add(listener);
      return () => this.#changed.delete(listener);
    },
  };

  /** An application copies. */
  copy(content: { text?: string; html?: string }): void {
    this.content = content;
    for (const listener of this.#changed) listener();
  }

  #say(...words: (string | number | boolean)[]): void {
    this.said.push(words.join(' '));
  }
}

import { backoffMs } from '../lib/backoff.js';
import { type Clock, systemClock } from '../lib/clock.js';
import type { Dispose } from '../lib/dispose.js';
import { Emitter } from '../lib/emitter.js';
import type { Log } from '../lib/log.js';
import { err, ok, type Result } from '../lib/result.js';
import type { KeyboardMap } from '../protocol/events/keyboard.js';
import type { ScreenSize } from '../protocol/events/screen.js';
import type { ClipboardContents } from './clipboard/selection-owner.js';
import { loadLayout, readLayout } from './keyboard/layout.js';
import { type ModifierChange, type ModifierStates, maskOf, namedModifiers } from './keyboard/modifier-names.js';
import { type LiveDesktop, takeUp } from './live-desktop.js';
import type { CursorImage } from './screen/cursor-image.js';
import { openXConnection } from './x-connection.js';

export interface DesktopOptions {
  /** For example `:99`. */
  readonly display: string;
  /** The size to set at start and again whenever the X server comes back. */
  readonly screen: ScreenSize;
  /** Bring windows back that ask to be minimized. */
  readonly unminimize: boolean;
  readonly log: Log;
  readonly clock?: Clock;
}

export type DesktopEvents = {
  /** The X server is back and its screen set again; not emitted for the first connection. */
  connected: undefined;
  /** The X server is gone or does not answer; until `connected`, input does nothing and all other calls return errors. */
  lost: undefined;
  screenChanged: ScreenSize;
};

/** A restarted X server is back within a second; one that keeps dying should not cost CPU. */
const RECONNECT = { firstMs: 100, maxMs: 2_000 };
const GONE = err('the X server is gone; trying to reach it again');
const SILENT = err('the X server does not answer; waiting for it to go on');

/** Connects to the X server, sets the screen and takes up input, clipboard and cursor; from then on it reconnects by itself. */
export async function openDesktop(options: DesktopOptions): Promise<Result<Desktop>> {
  const desktop = new Desktop(options);
  const connected = await desktop.connect();
  return connected.ok ? ok(desktop) : connected;
}

/** The X desktop as the rest of the server knows it, across restarts of the X server. */
export class Desktop {
  readonly events = new Emitter<DesktopEvents>();
  /** Touch needs an input driver of its own; without one touches do nothing. */
  readonly touchEvents = false;
  readonly #options: DesktopOptions;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #shapes = new Emitter<{ image: CursorImage }>();
  readonly #copies = new Emitter<{ changed: undefined }>();
  #live: LiveDesktop | undefined;
  /** The desktop of an X server that does not answer, kept to notice when it answers again. */
  #silent: LiveDesktop | undefined;
  #closed = false;
  #cancelRetry: Dispose = () => undefined;
  /** The size set last, or the configured one: restored on a new X server. */
  #wantedSize: ScreenSize;
  #size: ScreenSize;
  #sizes: readonly ScreenSize[] = [];
  #shape: CursorImage | undefined;
  #position = { x: 0, y: 0 };

  constructor(options: DesktopOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#log = options.log;
    this.#wantedSize = options.screen;
    this.#size = options.screen;
  }

  readonly screen = {
    current: (): ScreenSize => this.#size,
    configurations: (): readonly ScreenSize[] => this.#sizes,
    /** Returns the size applied: the width a multiple of 8, rate 0 as 60. */
    set: async (size: ScreenSize): Promise<Result<ScreenSize>> => {
      const applied = (await this.#live?.screen.set(size)) ?? this.#away;
      if (applied.ok) this.#wantedSize = applied.value;
      return applied;
    },
  };

  /** Written to the X server before the call returns; does nothing while there is none. */
  readonly input = {
    move: (x: number, y: number): void => this.#input?.pointer.move(x, y),
    scroll: (dx: number, dy: number, control: boolean): void => this.#input?.scroll(dx, dy, control),
    buttonDown: (code: number): void => this.#input?.buttonDown(code),
    buttonUp: (code: number): void => this.#input?.pointer.up(code),
    buttonPress: (code: number): void => this.#input?.buttonPress(code),
    keyDown: (keysym: number): void => this.#input?.keyDown(keysym),
    keyUp: (keysym: number): void => this.#input?.keyboard.up(keysym),
    keyPress: (keysyms: readonly number[]): void => this.#input?.keyPress(keysyms),
    releaseAll: (): void => this.#input?.releaseAll(),
    /** Resolves once the X server has worked off all input so far, or is gone. */
    synced: async (): Promise<void> => {
      const connection = this.#live?.connection;
      await connection?.ask<unknown>((reply) => connection.x.GetInputFocus(reply));
    },
    touch: (_kind: 'begin' | 'update' | 'end', _id: number, _x: number, _y: number, _pressure: number): void => undefined,
  };

  readonly keyboard = {
    map: async (): Promise<Result<KeyboardMap>> => (this.#live ? readLayout(this.#live.connection) : this.#away),
    setMap: async (map: KeyboardMap): Promise<Result<void>> => {
      const live = this.#live;
      if (!live) return this.#away;
      const loaded = await loadLayout(this.#options.display, map);
      // Keys sent from now on are looked up in the new map.
      if (loaded.ok) await live.keyboard.keymap.settled();
      return loaded;
    },
    modifiers: async (): Promise<Result<ModifierStates>> =>
      this.#live ? ok(namedModifiers(this.#live.keyboard.modifiers())) : this.#away,
    setModifiers: async (change: ModifierChange): Promise<Result<void>> => {
      if (!this.#live?.connection.alive) return this.#away;
      const { affected, locks } = maskOf(change);
      this.#live.keyboard.lock(affected, locks);
      return ok(undefined);
    },
  };

  readonly clipboard = {
    readText: async (): Promise<Result<string | undefined>> => (await this.#live?.clipboard.readText()) ?? GONE,
    read: async (): Promise<Result<ClipboardContents>> => (await this.#live?.clipboard.read()) ?? this.#away,
    /** The picture on the clipboard as PNG. */
    image: async (): Promise<Result<Uint8Array>> => (await this.#live?.clipboard.image()) ?? this.#away,
    write: async (contents: ClipboardContents): Promise<Result<void>> =>
      (await this.#live?.clipboard.write(contents)) ?? this.#away,
    onChange: (listener: () => void): Dispose => this.#copies.on('changed', listener),
  };

  readonly cursor = {
    image: (): CursorImage | undefined => this.#shape,
    /** In screen pixels; the last known place while there is no X server. */
    position: async (): Promise<{ x: number; y: number }> => {
      this.#position = (await this.#live?.cursor.position()) ?? this.#position;
      return this.#position;
    },
    onImage: (listener: (image: CursorImage) => void): Dispose => this.#shapes.on('image', listener),
  };

  /** Why there is no desktop at present; undefined while there is one. */
  get problem(): string | undefined {
    return this.#live === undefined ? this.#away.error : undefined;
  }

  /** Tries once to connect to the X server and to set up the desktop on it. */
  async connect(): Promise<Result<void>> {
    const connection = await openXConnection(this.#options.display, this.#clock, (error) =>
      this.#log.debug({ err: error }, 'X error'),
    );
    if (!connection.ok) return connection;
    const taken = await takeUp(connection.value, { ...this.#options, clock: this.#clock });
    if (!taken.ok) return taken;
    const live = taken.value;
    if (this.#closed) {
      live.close();
      return GONE;
    }
    const applied = await live.screen.set(this.#wantedSize);
    if (!applied.ok) this.#log.warn({ size: this.#wantedSize, reason: applied.error }, 'the screen size could not be set');
    if (!live.connection.responds || this.#closed) {
      live.close();
      return GONE;
    }
    this.#adopt(live);
    return ok(undefined);
  }

  /** Lets go of everything held and disconnects. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelRetry();
    const open = this.#live ?? this.#silent;
    this.#live = undefined;
    this.#silent = undefined;
    open?.close();
  }

  get #away(): typeof GONE {
    return this.#silent === undefined ? GONE : SILENT;
  }

  get #input(): LiveDesktop['input'] | undefined {
    return this.#live?.connection.alive ? this.#live.input : undefined;
  }

  #adopt(live: LiveDesktop): void {
    this.#live = live;
    this.#sizes = live.screen.configurations();
    live.screen.onChange((size) => this.#resized(size));
    live.cursor.onImage((image) => this.#reshaped(image));
    live.clipboard.onChange(() => this.#copies.emit('changed', undefined));
    live.connection.onEnd(() => this.#lost(live));
    live.connection.onSilent(() => this.#fellSilent(live));
    live.connection.onAnswer(() => this.#answersAgain(live));
    this.#resized(live.screen.current());
    const shape = live.cursor.image();
    if (shape) this.#reshaped(shape);
  }

  #resized(size: ScreenSize): void {
    const before = this.#size;
    this.#size = size;
    const same = size.width === before.width && size.height === before.height && size.rate === before.rate;
    if (!same) this.events.emit('screenChanged', size);
  }

  #reshaped(image: CursorImage): void {
    this.#shape = image;
    this.#shapes.emit('image', image);
  }

  #lost(live: LiveDesktop): void {
    if (this.#closed || (live !== this.#live && live !== this.#silent)) return;
    this.#live = undefined;
    this.#silent = undefined;
    live.close();
    this.#log.warn({ display: this.#options.display }, 'the X server went away');
    this.events.emit('lost', undefined);
    this.#retryLater(0);
  }

  /** The X server may be stopped, or an application has grabbed it: all we can do is log it and wait. */
  #fellSilent(live: LiveDesktop): void {
    if (live !== this.#live) return;
    this.#live = undefined;
    this.#silent = live;
    this.#log.error({ display: this.#options.display }, 'the X server does not answer');
    this.events.emit('lost', undefined);
  }

  /** Requests made meanwhile returned errors and may be half done, so the desktop is set up anew. */
  #answersAgain(live: LiveDesktop): void {
    if (live !== this.#silent) return;
    this.#silent = undefined;
    this.#log.info({ display: this.#options.display }, 'the X server answers again');
    live.close();
    this.#retryLater(0);
  }

  #retryLater(attempt: number): void {
    this.#cancelRetry = this.#clock.after(backoffMs(RECONNECT, attempt), () => void this.#retry(attempt));
  }

  async #retry(attempt: number): Promise<void> {
    const connected = await this.connect();
    if (this.#closed) return;
    if (!connected.ok) {
      this.#log.debug({ attempt, reason: connected.error }, 'the X server is still away');
      this.#retryLater(attempt + 1);
      return;
    }
    this.#log.info({ display: this.#options.display }, 'the X server is back');
    this.events.emit('connected', undefined);
  }
}

import x11, { type XClient as Connection, type PointerState, type XDisplay, type XEvent } from 'x11';
import { askRaw, internAtomRequest } from '../../../server/desktop/raw-request.js';
import { waitFor } from '../wait-for.js';

/** An input event as an application gets it; positions are relative to the screen. */
export type XInput =
  | { readonly kind: 'key-down' | 'key-up'; readonly keysym: number; readonly keycode: number; readonly state: number }
  | {
      readonly kind: 'button-down' | 'button-up';
      readonly button: number;
      readonly x: number;
      readonly y: number;
      readonly state: number;
    }
  | { readonly kind: 'motion'; readonly x: number; readonly y: number };

export interface XClientOptions {
  readonly x?: number;
  readonly y?: number;
  readonly width?: number;
  readonly height?: number;
}

const KINDS: Readonly<Record<number, XInput['kind']>> = {
  2: 'key-down',
  3: 'key-up',
  4: 'button-down',
  5: 'button-up',
  6: 'motion',
};
const MAPPING_NOTIFY = 34;
const EXPOSE = 12;
const SHIFT = 1;
const LOCK = 2;
const PARENT = 2;
const SUBSTRUCTURE_MASK = 0x180000;

/** A small X application: a focused window over everything else that records its input and can be painted. */
export class XClient {
  /** Everything that came in so far, in order. */
  readonly inputs: XInput[] = [];
  readonly #x: Connection;
  readonly #display: XDisplay;
  readonly #root: number;
  readonly window: number;
  readonly #gc: number;
  #mapping: number[][] = [];
  /** How often the window came to be seen. */
  exposures = 0;
  /** Key events wait for the keymap that was asked for before they came, as in a toolkit. */
  #last: Promise<void> = Promise.resolve();

  private constructor(display: XDisplay, { x = 0, y = 0, width = 640, height = 480 }: XClientOptions) {
    this.#display = display;
    this.#x = display.client;
    const screen = display.screen[0]!;
    this.#root = screen.root;
    this.window = this.#x.AllocID();
    this.#gc = this.#x.AllocID();
    const mask = x11.eventMask;
    const eventMask =
      mask.KeyPress! |
      mask.KeyRelease! |
      mask.ButtonPress! |
      mask.ButtonRelease! |
      mask.PointerMotion! |
      mask.Exposure! |
      mask.PropertyChange!;
    this.#x.on('event', (event) => this.#onEvent(event));
    this.#x.on('error', () => undefined);
    const values = { eventMask, backgroundPixel: screen.black_pixel, overrideRedirect: true };
    this.#x.CreateWindow(this.window, this.#root, x, y, width, height, 0, 0, 0, 0, values);
    this.#x.CreateGC(this.#gc, this.window, { foreground: screen.white_pixel });
    this.#x.MapWindow(this.window);
  }

  /** Opens the window; resolves once it is visible and has the keyboard focus. */
  static async open(display: string, options: XClientOptions = {}): Promise<XClient> {
    const connected = await new Promise<XDisplay>((resolve, reject) => {
      const connection = x11.createClient({ display, shm: false }, (error, value) => {
        if (error) reject(error);
        else resolve(value);
        return true;
      });
      connection.on('error', reject);
    });
    const client = new XClient(connected, options);
    client.#readMapping();
    await waitFor('the window to be visible', () => client.exposures > 0);
    client.#x.SetInputFocus(client.window, PARENT);
    await client.sync();
    return client;
  }

  /** Resolves once the X server has processed everything sent and every input event that it caused is recorded. */
  async sync(): Promise<void> {
    await this.#ask<unknown>((reply) => this.#x.GetInputFocus(reply));
    await this.#last;
  }

  /** The characters of the keys that went down, as an editor would have them. */
  typed(): string {
    return this.inputs.map((input) => (input.kind === 'key-down' ? characterOf(input.keysym) : '')).join('');
  }

  /** Key and button events as strings such as `+a`, `-a`, `+button1`, `+0xff0d`. */
  keysAndButtons(): string[] {
    return this.inputs.flatMap((input) => {
      if (input.kind === 'motion') return [];
      const sign = input.kind.endsWith('down') ? '+' : '-';
      if ('button' in input) return [`${sign}button${input.button}`];
      return [sign + (characterOf(input.keysym) || `0x${input.keysym.toString(16)}`)];
    });
  }

  /** Paints a rectangle of the window in a 24-bit colour. */
  paint(colour: number, x = 0, y = 0, width = 4096, height = 4096): void {
    this.#x.ChangeGC(this.#gc, { foreground: colour });
    this.#x.PolyFillRectangle(this.window, this.#gc, [x, y, width, height]);
  }

  /** Gives the pointer over the window a square shape of one 24-bit colour. */
  setCursor(shape: { width: number; height: number; hotspotX: number; hotspotY: number; colour: number }): void {
    const x = this.#x;
    const [pixmap, gc, cursor] = [x.AllocID(), x.AllocID(), x.AllocID()];
    x.CreatePixmap(pixmap, this.window, 1, shape.width, shape.height);
    x.CreateGC(gc, pixmap, { foreground: 1 });
    x.PolyFillRectangle(pixmap, gc, [0, 0, shape.width, shape.height]);
    const channel = (shift: number) => ((shape.colour >> shift) & 0xff) * 0x101;
    const colour = { R: channel(16), G: channel(8), B: channel(0) };
    x.CreateCursor(cursor, pixmap, pixmap, colour, colour, shape.hotspotX, shape.hotspotY);
    x.ChangeWindowAttributes(this.window, { cursor });
    x.FreeCursor(cursor);
    x.FreePixmap(pixmap);
    x.FreeGC(gc);
  }

  /** Asks the window manager to minimize the window (ICCCM 4.1.4). */
  async askToMinimize(): Promise<void> {
    const reply = await this.#ask<Buffer>((done) => askRaw(this.#x, internAtomRequest('WM_CHANGE_STATE'), done));
    const message = {
      name: 'ClientMessage',
      type: 33,
      seq: 0,
      format: 32,
      wid: this.window,
      message_type: reply.readUInt32LE(0),
      data: [3],
    };
    this.#x.SendEvent(this.#root, 0, SUBSTRUCTURE_MASK, message);
  }

  async pointer(): Promise<{ x: number; y: number }> {
    const { rootX, rootY } = await this.#ask<PointerState>((reply) => this.#x.QueryPointer(this.#root, reply));
    return { x: rootX, y: rootY };
  }

  /** The modifiers and buttons that are on, as a core mask. */
  async state(): Promise<number> {
    return (await this.#ask<PointerState>((reply) => this.#x.QueryPointer(this.#root, reply))).keyMask;
  }

  close(): void {
    this.#x.terminate();
  }

  #onEvent(event: XEvent): void {
    if (event.type === MAPPING_NOTIFY) this.#readMapping();
    if (event.type === EXPOSE) this.exposures++;
    const kind = KINDS[event.type];
    if (kind) this.#last = this.#last.then(() => this.#record(kind, event));
  }

  #record(kind: XInput['kind'], { keycode = 0, rootx = 0, rooty = 0, buttons = 0 }: XEvent): void {
    if (kind === 'key-down' || kind === 'key-up') {
      this.inputs.push({ kind, keycode, keysym: this.#keysym(keycode, buttons), state: buttons });
    } else if (kind === 'motion') {
      this.inputs.push({ kind, x: rootx, y: rooty });
    } else {
      this.inputs.push({ kind, button: keycode, x: rootx, y: rooty, state: buttons });
    }
  }

  /** The core protocol's rules for the first group (X11 protocol, section 5). */
  #keysym(keycode: number, state: number): number {
    const [first = 0, second = 0] = this.#mapping[keycode - this.#display.min_keycode] ?? [];
    const shifted = second || upper(first);
    if (state & SHIFT) return shifted;
    return state & LOCK ? upper(first) : first;
  }

  #readMapping(): void {
    const { min_keycode: first, max_keycode: last } = this.#display;
    const asked = this.#ask<number[][]>((reply) => this.#x.GetKeyboardMapping(first, last - first + 1, reply));
    this.#last = this.#last.then(async () => {
      this.#mapping = await asked;
    });
  }

  #ask<T>(send: (reply: (error: Error | null | undefined, value: T) => boolean) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      send((error, value) => {
        if (error) reject(error);
        else resolve(value);
        return true;
      });
    });
  }
}

function characterOf(keysym: number): string {
  if ((keysym >= 0x20 && keysym <= 0x7e) || (keysym >= 0xa0 && keysym <= 0xff)) return String.fromCodePoint(keysym);
  return keysym >= 0x01000100 && keysym <= 0x0110ffff ? String.fromCodePoint(keysym - 0x01000000) : '';
}

function upper(keysym: number): number {
  const letter = characterOf(keysym).toUpperCase();
  if (letter.length === 0 || [...letter].length > 1) return keysym;
  const codePoint = letter.codePointAt(0)!;
  return codePoint <= 0xff ? codePoint : 0x01000000 + codePoint;
}

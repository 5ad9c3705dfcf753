import type { ModeInfo, OutputInfo, ScreenResources } from 'x11';
import type { Dispose } from '../../lib/dispose.js';
import { Emitter } from '../../lib/emitter.js';
import { err, ok, type Result } from '../../lib/result.js';
import type { ScreenSize } from '../../protocol/events/screen.js';
import type { XConnection } from '../x-connection.js';
import { cvt, type ModeLine } from './cvt.js';
import { DEFAULT_RATE, listedSizes, modeFor, roundedSize, sizeOf } from './screen-modes.js';

const SCREEN_CHANGE = 1;
const CRTC_CHANGE = 2;
const CONNECTED = 0;
const ROTATE_0 = 1;
const SUCCESS = 0;
const H_SYNC_NEGATIVE = 2;
const V_SYNC_POSITIVE = 4;
/** The smallest size that the dummy driver takes, and the largest that X and every encoder take. */
const SMALLEST = 64;
const LARGEST = 16_384;
const HIGHEST_RATE = 240;
const HIGHEST_CLOCK_KHZ = 4_294_967;
const MM_PER_PIXEL = 25.4 / 96;

interface Output {
  readonly id: number;
  readonly crtc: number;
  readonly modes: readonly ModeInfo[];
  readonly mode: ModeInfo | undefined;
  readonly resources: ScreenResources;
}

/** The size and rate of the one screen, through RANDR. */
export class Screen {
  readonly #events = new Emitter<{ changed: ScreenSize }>();
  readonly #connection: XConnection;
  readonly #release: Dispose;
  /** The requested rates of modes made here: their timings give a rounded rate. */
  readonly #madeFor = new Map<number, number>();
  #configurations: readonly ScreenSize[] = [];
  #current: ScreenSize;
  /** The last change; changes wait for each other. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(connection: XConnection) {
    this.#connection = connection;
    this.#current = { ...connection.firstSize, rate: DEFAULT_RATE };
    this.#release = connection.onEvent((event) => {
      const kind = event.type - connection.randr.firstEvent;
      if (kind === 0 || kind === 1) void this.#serially(() => this.#read());
    });
    connection.randr.SelectInput(connection.root, SCREEN_CHANGE | CRTC_CHANGE);
  }

  /** Reads what the screen offers and how it is set now. */
  static async open(connection: XConnection): Promise<Screen> {
    const screen = new Screen(connection);
    const output = await screen.#read();
    if (output) screen.#configurations = listedSizes(output.modes);
    return screen;
  }

  /** The size and rate as they are. */
  current(): ScreenSize {
    return this.#current;
  }

  /** The sizes and rates that the screen offered when the connection was made, largest first. */
  configurations(): readonly ScreenSize[] {
    return this.#configurations;
  }

  /** Calls `listener` whenever the size or rate changed, also by another client. */
  onChange(listener: (size: ScreenSize) => void): Dispose {
    return this.#events.on('changed', listener);
  }

  /** Sets the size, with a new mode if there is none, and returns the size applied (width a multiple of 8). */
  set(wanted: ScreenSize): Promise<Result<ScreenSize>> {
    return this.#serially(() => this.#set(wanted));
  }

  close(): void {
    this.#release();
  }

  async #set(wanted: ScreenSize): Promise<Result<ScreenSize>> {
    const size = roundedSize(wanted);
    const { width, height, rate } = size;
    const fits = (value: number) => Number.isInteger(value) && value >= SMALLEST && value <= LARGEST;
    if (!fits(width) || !fits(height))
      return err(`unknown screen configuration: ${width}x${height} is not within ${SMALLEST} to ${LARGEST}`);
    if (!Number.isInteger(rate) || rate < 1 || rate > HIGHEST_RATE)
      return err(`unsupported screen rate: ${rate} is not within 1 to ${HIGHEST_RATE}`);
    const line = cvt(width, height, rate);
    const output = await this.#output();
    if (!output) return err('the X server has no screen whose size can be set');
    const mode = await this.#mode(output, size, line);
    if (!mode.ok) return mode;
    if (mode.value !== output.mode?.id) {
      const applied = await this.#apply(output, mode.value, size);
      if (!applied.ok) return applied;
    }
    this.#madeFor.set(mode.value, rate);
    await this.#read();
    const current = this.#current;
    if (current.width === width && current.height === height) return ok(current);
    return err(`unknown screen configuration: ${width}x${height} was refused by the X server`);
  }

  /** The id of the mode for this size, made and added to the output where it is missing. */
  async #mode(output: Output, size: ScreenSize, line: ModeLine): Promise<Result<number>> {
    const own = modeFor(output.modes, size, line);
    if (own) return ok(own.id);
    const { randr, root } = this.#connection;
    const known = output.resources.modeinfos.find((mode) => mode.name === line.name);
    if (!known && line.clockKhz > HIGHEST_CLOCK_KHZ)
      return err(`unsupported screen rate: ${size.rate} at ${size.width}x${size.height}`);
    const made = known
      ? ok(known.id)
      : await this.#connection.ask<number>((reply) => randr.CreateMode(root, toModeInfo(line), reply));
    if (made.ok && this.#connection.alive) randr.AddOutputMode(output.id, made.value);
    return made;
  }

  /** Changes mode and screen size in an order in which the mode always lies within the screen. */
  async #apply(output: Output, mode: number, { width, height }: ScreenSize): Promise<Result<void>> {
    const { randr, root } = this.#connection;
    const resize = (across: number, down: number) =>
      randr.SetScreenSize(root, across, down, Math.round(across * MM_PER_PIXEL), Math.round(down * MM_PER_PIXEL));
    const before = this.#current;
    const room = { width: Math.max(width, before.width), height: Math.max(height, before.height) };
    if (!this.#connection.alive) return err('the X server is gone');
    if (room.width > before.width || room.height > before.height) resize(room.width, room.height);
    const changed = await this.#connection.ask<{ status: number }>((reply) =>
      randr.SetCrtcConfig(output.crtc, 0, output.resources.config_timestamp, 0, 0, mode, ROTATE_0, [output.id], reply),
    );
    const done = changed.ok && changed.value.status === SUCCESS;
    if (this.#connection.alive) {
      const final = done ? { width, height } : before;
      if (final.width !== room.width || final.height !== room.height) resize(final.width, final.height);
    }
    if (done) return ok(undefined);
    return err(`unknown screen configuration: ${changed.ok ? `RANDR status ${changed.value.status}` : changed.error}`);
  }

  /** Reads the present state, announces it if it is new, and returns the output it was read from. */
  async #read(): Promise<Output | undefined> {
    const output = await this.#output();
    if (!output?.mode) return output;
    const size = sizeOf(output.mode);
    const rate = this.#madeFor.get(output.mode.id) ?? size.rate;
    const { width, height } = size;
    const before = this.#current;
    this.#current = { width, height, rate };
    if (width !== before.width || height !== before.height || rate !== before.rate) this.#events.emit('changed', this.#current);
    return output;
  }

  /** The first connected output, the one in use before others. */
  async #output(): Promise<Output | undefined> {
    const { randr, root } = this.#connection;
    const read = await this.#connection.ask<ScreenResources>((reply) => randr.GetScreenResourcesCurrent(root, reply));
    if (!read.ok) return undefined;
    const resources = read.value;
    const candidates: Output[] = [];
    for (const id of resources.outputs) {
      const info = await this.#connection.ask<OutputInfo>((reply) => randr.GetOutputInfo(id, resources.config_timestamp, reply));
      if (!info.ok || info.value.connection !== CONNECTED) continue;
      const crtc = info.value.crtc || info.value.crtcs[0];
      if (crtc === undefined) continue;
      const state = await this.#connection.ask<{ mode: number }>((reply) =>
        randr.GetCrtcInfo(crtc, resources.config_timestamp, reply),
      );
      const modes = resources.modeinfos.filter((mode) => info.value.modes.includes(mode.id));
      const mode = state.ok ? resources.modeinfos.find((candidate) => candidate.id === state.value.mode) : undefined;
      candidates.push({ id, crtc, modes, mode, resources });
    }
    return candidates.find((candidate) => candidate.mode) ?? candidates[0];
  }

  #serially<T>(action: () => Promise<T>): Promise<T> {
    const next = this.#last.then(action);
    this.#last = next.catch(() => undefined);
    return next;
  }
}

function toModeInfo(line: ModeLine): Omit<ModeInfo, 'id'> {
  return {
    width: line.width,
    height: line.height,
    dot_clock: line.clockKhz * 1_000,
    h_sync_start: line.hSyncStart,
    h_sync_end: line.hSyncEnd,
    h_total: line.hTotal,
    h_skew: 0,
    v_sync_start: line.vSyncStart,
    v_sync_end: line.vSyncEnd,
    v_total: line.vTotal,
    modeflags: H_SYNC_NEGATIVE | V_SYNC_POSITIVE,
    name: line.name,
  };
}

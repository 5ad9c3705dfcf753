/** The part of the `x11` package that is used here; it ships no types of its own. */
declare module 'x11' {
  import type { Socket } from 'node:net';

  /** Called once per request that has a reply. Returning true marks an error as handled. */
  export type Reply<T> = (error: Error | null | undefined, value: T) => boolean | undefined;

  /** Any event; which of the optional fields are there depends on `type`. */
  export interface XEvent {
    readonly type: number;
    /** The request sequence number that the server had reached. */
    readonly seq: number;
    readonly name?: string;
    readonly rawData: Buffer;
    readonly wid?: number;
    readonly window?: number;
    readonly atom?: number;
    readonly state?: number;
    readonly time?: number;
    readonly owner?: number;
    readonly requestor?: number;
    readonly selection?: number;
    readonly target?: number;
    readonly property?: number;
    readonly subtype?: number;
    readonly timestamp?: number;
    readonly selectionTimestamp?: number;
    readonly message_type?: number;
    readonly data?: readonly number[];
    readonly cursorSerial?: number;
    readonly width?: number;
    readonly height?: number;
    readonly keycode?: number;
    readonly x?: number;
    readonly y?: number;
    readonly rootx?: number;
    readonly rooty?: number;
    readonly buttons?: number;
    readonly xkbType?: number;
    readonly raw?: Buffer;
  }

  export interface Property {
    readonly type: number;
    readonly bytesAfter: number;
    readonly data: Buffer;
  }

  export interface PointerState {
    readonly rootX: number;
    readonly rootY: number;
    readonly childX: number;
    readonly childY: number;
    readonly keyMask: number;
  }

  export interface ExtensionInfo {
    readonly present: number;
    readonly majorOpcode: number;
    readonly firstEvent: number;
    readonly firstError: number;
  }

  export interface XTest {
    /** delayMs holds back this and every later request of the connection inside the server. */
    FakeInput(type: number, detail: number, delayMs: number, root: number, x: number, y: number): void;
  }

  export interface XkbState {
    readonly mods: number;
    readonly baseMods: number;
    readonly latchedMods: number;
    readonly lockedMods: number;
    readonly group: number;
  }

  export interface Xkb extends ExtensionInfo {
    SelectEvents(device: number, affectWhich: number, clear: number, selectAll: number, affectMap: number, map: number): void;
    GetState(device: number, reply: Reply<XkbState>): void;
    LatchLockState(
      device: number,
      affectLocks: number,
      locks: number,
      lockGroup: boolean,
      group: number,
      affectLatches: number,
      latches: number,
      latchGroup: boolean,
      groupLatch: number,
    ): void;
  }

  export interface ModeInfo {
    readonly id: number;
    readonly width: number;
    readonly height: number;
    /** In Hz. */
    readonly dot_clock: number;
    readonly h_sync_start: number;
    readonly h_sync_end: number;
    readonly h_total: number;
    readonly h_skew: number;
    readonly v_sync_start: number;
    readonly v_sync_end: number;
    readonly v_total: number;
    readonly modeflags: number;
    readonly name: string;
  }

  export interface ScreenResources {
    readonly config_timestamp: number;
    readonly crtcs: readonly number[];
    readonly outputs: readonly number[];
    readonly modeinfos: readonly ModeInfo[];
  }

  export interface OutputInfo {
    readonly crtc: number;
    /** 0 connected, 1 disconnected, 2 unknown. */
    readonly connection: number;
    readonly crtcs: readonly number[];
    readonly modes: readonly number[];
  }

  export interface Randr extends ExtensionInfo {
    SelectInput(window: number, mask: number): void;
    GetScreenResourcesCurrent(window: number, reply: Reply<ScreenResources>): void;
    GetOutputInfo(output: number, timestamp: number, reply: Reply<OutputInfo>): void;
    GetCrtcInfo(crtc: number, timestamp: number, reply: Reply<{ mode: number; output: readonly number[] }>): void;
    SetScreenSize(window: number, width: number, height: number, mmWidth: number, mmHeight: number): void;
    CreateMode(window: number, mode: Omit<ModeInfo, 'id'>, reply: Reply<number>): void;
    AddOutputMode(output: number, mode: number): void;
    SetCrtcConfig(
      crtc: number,
      timestamp: number,
      configTimestamp: number,
      x: number,
      y: number,
      mode: number,
      rotation: number,
      outputs: readonly number[],
      reply: Reply<{ status: number }>,
    ): void;
  }

  export interface CursorPixels {
    readonly width: number;
    readonly height: number;
    readonly xhot: number;
    readonly yhot: number;
    /** width x height pixels of 32 bits, little-endian ARGB with premultiplied alpha. */
    readonly cursorImage: Buffer;
  }

  export interface Fixes extends ExtensionInfo {
    SelectSelectionInput(window: number, selection: number, mask: number): void;
    SelectCursorInput(window: number, mask: number): void;
    GetCursorImage(reply: Reply<CursorPixels>): void;
  }

  /** 16 bits per channel. */
  export interface Colour {
    readonly R: number;
    readonly G: number;
    readonly B: number;
  }

  export interface XClient {
    /** Counts requests; a request packed by hand increments it before it is put. */
    seq_num: number;
    readonly replies: Record<number, [parse: (body: Buffer, detail: number) => unknown, reply: Reply<never>]>;
    readonly pack_stream: { put(request: Buffer): void; submit(expectsReply?: boolean): void };
    readonly stream: Socket;
    on(event: 'event', listener: (event: XEvent) => void): void;
    on(event: 'error', listener: (error: Error) => void): void;
    on(event: 'end', listener: () => void): void;
    require(name: 'xtest', reply: Reply<XTest>): void;
    require(name: 'xkb', reply: Reply<Xkb>): void;
    require(name: 'randr', reply: Reply<Randr>): void;
    require(name: 'fixes', reply: Reply<Fixes>): void;
    terminate(): void;
    AllocID(): number;
    ReleaseID(id: number): void;
    CreateWindow(
      id: number,
      parent: number,
      x: number,
      y: number,
      width: number,
      height: number,
      border: number,
      depth: number,
      windowClass: number,
      visual: number,
      values: Readonly<Record<string, number | boolean>>,
    ): void;
    ChangeWindowAttributes(window: number, values: Readonly<Record<string, number | boolean>>): void;
    DestroyWindow(window: number): void;
    MapWindow(window: number): void;
    UnmapWindow(window: number): void;
    CreateGC(id: number, drawable: number, values: Readonly<Record<string, number>>): void;
    ChangeGC(id: number, values: Readonly<Record<string, number>>): void;
    PolyFillRectangle(drawable: number, gc: number, rectangles: readonly number[]): void;
    FreeGC(gc: number): void;
    CreatePixmap(id: number, drawable: number, depth: number, width: number, height: number): void;
    FreePixmap(pixmap: number): void;
    CreateCursor(id: number, source: number, mask: number, fore: Colour, back: Colour, hotspotX: number, hotspotY: number): void;
    FreeCursor(cursor: number): void;
    ClearArea(window: number, x: number, y: number, width: number, height: number, exposures: number): void;
    ChangeProperty(mode: number, window: number, property: number, type: number, format: number, data: Buffer | number[]): void;
    DeleteProperty(window: number, property: number): void;
    GetProperty(
      remove: boolean | number,
      window: number,
      property: number,
      type: number,
      longOffset: number,
      longLength: number,
      reply: Reply<Property>,
    ): void;
    SetSelectionOwner(window: number, selection: number, time: number): void;
    GetSelectionOwner(selection: number, reply: Reply<number>): void;
    ConvertSelection(requestor: number, selection: number, target: number, property: number, time: number): void;
    SendEvent(
      destination: number,
      propagate: boolean | number,
      mask: number,
      event: Buffer | Readonly<Record<string, unknown>>,
    ): void;
    QueryPointer(window: number, reply: Reply<PointerState>): void;
    QueryTree(window: number, reply: Reply<{ parent: number; children: readonly number[] }>): void;
    SetInputFocus(window: number, revertTo: number): void;
    GetInputFocus(reply: Reply<{ focus: number }>): void;
    GetKeyboardMapping(first: number, count: number, reply: Reply<number[][]>): void;
  }

  export interface XScreen {
    readonly root: number;
    readonly pixel_width: number;
    readonly pixel_height: number;
    readonly root_depth: number;
    readonly white_pixel: number;
    readonly black_pixel: number;
  }

  export interface XDisplay {
    readonly client: XClient;
    readonly screen: readonly XScreen[];
    readonly min_keycode: number;
    readonly max_keycode: number;
    /** Longest request, in units of 4 bytes. */
    readonly max_request_length: number;
  }

  interface X11 {
    createClient(options: { display: string; shm?: boolean }, connected: Reply<XDisplay>): XClient;
    readonly eventMask: Readonly<Record<string, number>>;
    readonly CopyFromParent: number;
    readonly InputOutput: number;
    readonly InputOnly: number;
  }
  const x11: X11;
  export default x11;
}

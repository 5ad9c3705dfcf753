import { createRequire } from 'node:module';

/** The part of the untyped `x11` package that the grabber uses. */
export interface X11 {
  createClient(options: { display: string }, ready: (error: Error | null | undefined, display: XDisplay) => void): XClient;
}

export interface XDisplay {
  readonly client: XClient;
  readonly screen: ReadonlyArray<{ readonly root: number; readonly pixel_width: number; readonly pixel_height: number }>;
}

export interface XClient {
  AllocID(): number;
  GetGeometry(
    drawable: number,
    reply: (error: unknown, geometry: { width: number; height: number; depth: number }) => void,
  ): void;
  require(extension: 'damage', ready: (error: unknown, damage: DamageExtension) => void): void;
  require(extension: 'randr', ready: (error: unknown, randr: RandrExtension) => void): void;
  require(extension: 'shm', ready: (error: unknown, shm: ShmExtension) => void): void;
  on(event: 'event', listener: (event: XEvent) => void): void;
  on(event: 'end', listener: () => void): void;
  on(event: 'error', listener: (error: unknown) => void): void;
  terminate(): void;
}

export interface DamageExtension {
  readonly ReportLevel: { readonly BoundingBox: number };
  Create(damage: number, drawable: number, level: number): void;
  Subtract(damage: number, repair: number, parts: number): void;
}

export interface RandrExtension {
  readonly NotifyMask: { readonly ScreenChange: number };
  SelectInput(window: number, mask: number): void;
}

export interface ShmExtension {
  readonly ImageFormat: { readonly ZPixmap: number };
  Attach(segment: number, id: number, readOnly: boolean, done: (error: unknown) => void): void;
  Detach(segment: number): void;
  GetImage(
    drawable: number,
    x: number,
    y: number,
    width: number,
    height: number,
    planeMask: number,
    format: number,
    segment: number,
    offset: number,
    reply: (error: unknown, image: { depth: number; size: number }) => void,
  ): void;
}

export interface XEvent {
  readonly name?: string;
  /** DamageNotify: the bounding box of what changed since the last Subtract. */
  readonly area?: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  /** RRScreenChangeNotify: the new size. */
  readonly width?: number;
  readonly height?: number;
}

/** The package is CommonJS without types, so it is loaded by `require` and given the types above. */
export const x11: X11 = createRequire(import.meta.url)('x11');

import { statSync } from 'node:fs';
import { err, ok, type Result } from '../../../lib/result.js';
import { createSharedSegment, type SharedSegment } from '../../../native/shared-memory.js';
import { clampRows, type Rows, unite } from './damaged-rows.js';
import { type DamageExtension, type RandrExtension, type ShmExtension, type XClient, type XDisplay, x11 } from './x11-surface.js';

/** The picture of the screen in shared memory, 4 bytes a pixel (B, G, R, unused), rows without gaps. */
export interface ScreenImage {
  readonly width: number;
  readonly height: number;
  readonly address: bigint;
  readonly bytes: number;
}

export interface GrabberEvents {
  damaged(): void;
  /** The screen got another size; the grabber has ended and a new one must be opened. */
  resized(): void;
  lost(reason: string): void;
}

const BYTES_PER_PIXEL = 4;
const ALL_PLANES = 0xffffffff;
const CONNECT_TIMEOUT_MS = 5_000;

/**
 * Follows the changes of one screen and keeps its picture in shared memory, over one X connection of its own. Subtract and
 * GetImage travel on that connection in this order, so a change between them is reported again instead of being lost. Only
 * the damaged rows are fetched; whole rows, since those lie in the segment where they belong. The pointer is not in the picture.
 */
export class ScreenGrabber {
  readonly image: ScreenImage;
  readonly #client: XClient;
  readonly #root: number;
  readonly #damage: number;
  readonly #extensions: Extensions;
  readonly #xSegment: number;
  readonly #segment: SharedSegment;
  #rows: Rows | undefined;
  #ended = false;

  private constructor(setup: Setup, events: GrabberEvents) {
    const { client, root, size, extensions, segment, xSegment } = setup;
    this.image = { ...size, address: segment.address, bytes: segment.bytes };
    this.#client = client;
    this.#root = root;
    this.#extensions = extensions;
    this.#segment = segment;
    this.#xSegment = xSegment;
    this.#rows = { from: 0, to: size.height };
    client.on('event', (event) => {
      if (this.#ended) return;
      if (event.name === 'DamageNotify' && event.area !== undefined) this.#damaged(event.area.y, event.area.h, events);
      if (event.name === 'RRScreenChangeNotify' && (event.width !== size.width || event.height !== size.height)) {
        this.close();
        events.resized();
      }
    });
    const lost = (reason: string) => {
      if (this.#ended) return;
      this.close();
      events.lost(reason);
    };
    client.on('end', () => lost('the X server closed the connection'));
    client.on('error', (error) => lost(`X error: ${describe(error)}`));
    this.#damage = client.AllocID();
    extensions.damage.Create(this.#damage, root, extensions.damage.ReportLevel.BoundingBox);
    extensions.randr.SelectInput(root, extensions.randr.NotifyMask.ScreenChange);
  }

  /** Connects to a display, for example `:99`; the error says what is missing there. */
  static async open(display: string, events: GrabberEvents): Promise<Result<ScreenGrabber>> {
    const prepared = await prepare(display);
    return prepared.ok ? ok(new ScreenGrabber(prepared.value, events)) : prepared;
  }

  /** Whether anything changed since the last fetch was decided. */
  get stale(): boolean {
    return this.#rows !== undefined;
  }

  /** Has the next fetch ask the X server, whatever has changed. */
  doubt(): void {
    this.#rows = unite(this.#rows, { from: 0, to: 1 });
  }

  /** Brings the picture up to date and calls `done`; nobody may read the picture meanwhile, and one fetch runs at a time. */
  fetch(done: (succeeded: boolean) => void): void {
    const rows = this.#rows;
    if (this.#ended || rows === undefined) {
      done(!this.#ended);
      return;
    }
    // What is reported from here on counts for the next fetch.
    this.#rows = undefined;
    const { damage, shm } = this.#extensions;
    const { width } = this.image;
    damage.Subtract(this.#damage, 0, 0);
    const offset = rows.from * width * BYTES_PER_PIXEL;
    const height = rows.to - rows.from;
    const format = shm.ImageFormat.ZPixmap;
    shm.GetImage(this.#root, 0, rows.from, width, height, ALL_PLANES, format, this.#xSegment, offset, (error) => {
      if (error) this.#rows = unite(this.#rows, rows);
      done(!error && !this.#ended);
    });
  }

  /** Ends the connection; the picture stays readable until `release`. */
  close(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#client.terminate();
  }

  /** Gives the memory back, once nobody reads it any more. */
  release(): void {
    this.close();
    this.#segment.detach();
  }

  #damaged(y: number, height: number, events: GrabberEvents): void {
    const rows = clampRows(y, height, this.image.height);
    if (rows === undefined) return;
    this.#rows = unite(this.#rows, rows);
    events.damaged();
  }
}

interface Extensions {
  readonly damage: DamageExtension;
  readonly randr: RandrExtension;
  readonly shm: ShmExtension;
}

interface Setup {
  readonly client: XClient;
  readonly root: number;
  readonly size: { readonly width: number; readonly height: number };
  readonly extensions: Extensions;
  readonly segment: SharedSegment;
  readonly xSegment: number;
}

async function prepare(display: string): Promise<Result<Setup>> {
  const connected = await connect(display);
  if (!connected.ok) return connected;
  const client = connected.value.client;
  const fail = (reason: string) => {
    client.terminate();
    return err(`${display}: ${reason}`);
  };
  try {
    const root = connected.value.screen[0]!.root;
    const extensions: Extensions = {
      damage: await reply<DamageExtension>((done) => client.require('damage', done)),
      randr: await reply<RandrExtension>((done) => client.require('randr', done)),
      shm: await reply<ShmExtension>((done) => client.require('shm', done)),
    };
    const geometry = await reply<{ width: number; height: number; depth: number }>((done) => client.GetGeometry(root, done));
    if (geometry.depth !== 24) return fail(`the screen has ${geometry.depth} bits a pixel, 24 are needed`);
    const segment = createSharedSegment(geometry.width * geometry.height * BYTES_PER_PIXEL);
    if (!segment.ok) return fail(segment.error);
    const shared = shareWithServer(display, segment.value);
    if (!shared.ok) return fail(shared.error);
    const xSegment = client.AllocID();
    const attached = await attach(extensions.shm, xSegment, segment.value);
    if (!attached.ok) return fail(attached.error);
    const size = { width: geometry.width, height: geometry.height };
    return ok({ client, root, size, extensions, segment: segment.value, xSegment });
  } catch (error) {
    return fail(describe(error));
  }
}

function connect(display: string): Promise<Result<XDisplay>> {
  return new Promise((resolve) => {
    let client: XClient | undefined;
    const timer = setTimeout(() => {
      client?.terminate();
      resolve(err(`${display}: the X server does not answer`));
    }, CONNECT_TIMEOUT_MS);
    const settle = (result: Result<XDisplay>) => {
      clearTimeout(timer);
      resolve(result);
    };
    try {
      client = x11.createClient({ display }, (error, connected) =>
        settle(error ? err(`no X server on display ${display} (${describe(error)})`) : ok(connected)),
      );
      client.on('error', (error) => settle(err(`no X server on display ${display} (${describe(error)})`)));
    } catch (error) {
      settle(err(`no X server on display ${display} (${describe(error)})`));
    }
  });
}

/** An X server that runs as another user is made owner of the segment, so that it may attach it; its socket says which user that is. */
function shareWithServer(display: string, segment: SharedSegment): Result<void> {
  const number = /:(\d+)(?:\.\d+)?$/.exec(display)?.[1];
  const socket = number === undefined ? undefined : statSync(`/tmp/.X11-unix/X${number}`, { throwIfNoEntry: false });
  // Root may attach anything.
  if (socket === undefined || socket.uid === 0 || socket.uid === process.getuid?.()) return ok(undefined);
  return segment.allow(socket.uid);
}

async function attach(shm: ShmExtension, xSegment: number, segment: SharedSegment): Promise<Result<void>> {
  const error = await new Promise<unknown>((resolve) => shm.Attach(xSegment, segment.id, false, resolve));
  segment.removeWhenUnused();
  if (!error) return ok(undefined);
  segment.detach();
  return err('the X server cannot attach shared memory; it must run on this machine');
}

function reply<T>(request: (done: (error: unknown, value: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => request((error, value) => (error ? reject(error) : resolve(value))));
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

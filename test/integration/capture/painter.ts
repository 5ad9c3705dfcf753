import { createRequire } from 'node:module';

interface PaintClient {
  AllocID(): number;
  CreateWindow(
    id: number,
    parent: number,
    x: number,
    y: number,
    width: number,
    height: number,
    border: number,
    depth: number,
    kind: number,
    visual: number,
    values: { backgroundPixel: number; overrideRedirect: boolean },
  ): void;
  MapWindow(id: number): void;
  CreateGC(id: number, drawable: number, values: { foreground: number }): void;
  ChangeGC(id: number, values: { foreground: number }): void;
  PolyFillRectangle(drawable: number, gc: number, rectangle: readonly number[]): void;
  terminate(): void;
  on(event: 'error', listener: (error: unknown) => void): void;
}

interface PaintDisplay {
  readonly client: PaintClient;
  readonly screen: ReadonlyArray<{ readonly root: number }>;
}

interface PaintX11 {
  createClient(options: { display: string }, ready: (error: unknown, display: PaintDisplay) => void): PaintClient;
}

const x11: PaintX11 = createRequire(import.meta.url)('x11');

/** An X client that paints on the screen, as an application would. */
export interface Painter {
  /** Fills a rectangle with a colour, 0xRRGGBB. */
  fill(color: number, x?: number, y?: number, width?: number, height?: number): void;
  /** Paints another place every `intervalMs` until the release is called. */
  animate(intervalMs: number): () => void;
  close(): void;
}

export async function openPainter(display: string): Promise<Painter> {
  const opened = await new Promise<PaintDisplay>((resolve, reject) => {
    x11.createClient({ display }, (error, ready) => (error ? reject(error) : resolve(ready)));
  });
  const { client } = opened;
  client.on('error', () => undefined);
  const [window, gc] = [client.AllocID(), client.AllocID()];
  const area = [0, 0, 640, 480] as const;
  client.CreateWindow(window, opened.screen[0]!.root, ...area, 0, 0, 0, 0, { backgroundPixel: 0x204060, overrideRedirect: true });
  client.MapWindow(window);
  client.CreateGC(gc, window, { foreground: 0xffffff });
  const fill = (color: number, x = 0, y = 0, width = 640, height = 480) => {
    client.ChangeGC(gc, { foreground: color });
    client.PolyFillRectangle(window, gc, [x, y, width, height]);
  };
  return {
    fill,
    animate(intervalMs) {
      let step = 0;
      const timer = setInterval(() => {
        step += 1;
        fill((step * 0x123457) & 0xffffff, (step * 7) % 500, (step * 5) % 400, 120, 80);
      }, intervalMs);
      return () => clearInterval(timer);
    },
    close: () => client.terminate(),
  };
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A rectangle in CSS pixels. */
export interface Rect extends Size {
  readonly left: number;
  readonly top: number;
}

/** Screen pixels of the desktop. */
export interface ScreenPoint {
  readonly x: number;
  readonly y: number;
}

const NOTHING: Rect = { left: 0, top: 0, width: 0, height: 0 };

/**
 * The picture's rectangle in a box: as large as fits, in its own aspect ratio, centred.
 * `pixelRatio` puts the edges on device pixels, so that a picture shown 1:1 stays sharp.
 */
export function fitPicture(box: Size, screen: Size, pixelRatio = 1): Rect {
  if (box.width <= 0 || box.height <= 0 || screen.width <= 0 || screen.height <= 0) return NOTHING;
  const scale = Math.min(box.width / screen.width, box.height / screen.height);
  const snap = (value: number) => Math.round(value * pixelRatio) / pixelRatio;
  const width = snap(screen.width * scale);
  const height = snap(screen.height * scale);
  return { left: snap((box.width - width) / 2), top: snap((box.height - height) / 2), width, height };
}

/** The desktop pixel below a point of the page (CSS pixels, as clientX and clientY); points outside land on the edge. */
export function toScreen(clientX: number, clientY: number, picture: Rect, screen: Size): ScreenPoint {
  return {
    x: toPixel(clientX - picture.left, picture.width, screen.width),
    y: toPixel(clientY - picture.top, picture.height, screen.height),
  };
}

function toPixel(offset: number, shown: number, pixels: number): number {
  if (shown <= 0) return 0;
  return Math.max(0, Math.min(pixels - 1, Math.floor((offset * pixels) / shown)));
}

import { encode } from 'fast-png';
import type { CursorPixels } from 'x11';

/** [P] A pointer shape as viewers get it. */
export interface CursorImage {
  readonly width: number;
  readonly height: number;
  readonly hotspotX: number;
  readonly hotspotY: number;
  /** RGBA, ending in a plain IEND chunk: clients cut the last 11 bytes off. */
  readonly png: Buffer;
}

/** A 16-bit length holds the whole message: 11 bytes of header and the PNG (protocol/SPEC.md B7). */
export const MAX_PNG_BYTES = 0xffff - 11;

interface Picture {
  readonly width: number;
  readonly height: number;
  /** 4 bytes per pixel: red, green, blue, alpha, not premultiplied. */
  readonly rgba: Uint8Array;
}

/** Encodes what XFIXES reports; a shape whose PNG would be too large is halved until it fits. */
export function cursorImage(pixels: CursorPixels): CursorImage {
  const hidden = pixels.width * pixels.height === 0;
  let picture: Picture = hidden
    ? { width: 1, height: 1, rgba: new Uint8Array(4) }
    : { width: pixels.width, height: pixels.height, rgba: straightRgba(pixels.cursorImage) };
  let png = encodePng(picture);
  let divisor = 1;
  while (png.length > MAX_PNG_BYTES) {
    picture = halved(picture);
    png = encodePng(picture);
    divisor *= 2;
  }
  const { width, height } = picture;
  const hotspotX = Math.min(Math.floor(pixels.xhot / divisor), width - 1);
  const hotspotY = Math.min(Math.floor(pixels.yhot / divisor), height - 1);
  return { width, height, hotspotX, hotspotY, png };
}

/** Bytes B G R A with premultiplied alpha become R G B A without. */
export function straightRgba(premultiplied: Uint8Array): Uint8Array {
  const rgba = new Uint8Array(premultiplied.length);
  for (let at = 0; at + 3 < premultiplied.length; at += 4) {
    const alpha = premultiplied[at + 3]!;
    if (alpha === 0) continue;
    for (let channel = 0; channel < 3; channel++) {
      const value = premultiplied[at + 2 - channel]!;
      rgba[at + channel] = alpha === 255 ? value : Math.min(255, Math.round((value * 255) / alpha));
    }
    rgba[at + 3] = alpha;
  }
  return rgba;
}

/** Half the size in each direction, each pixel the mean of four, weighted by their alpha. */
function halved({ width, height, rgba }: Picture): Picture {
  const across = Math.max(1, width >> 1);
  const down = Math.max(1, height >> 1);
  const half = new Uint8Array(across * down * 4);
  for (let y = 0; y < down; y++) {
    for (let x = 0; x < across; x++) {
      let weight = 0;
      const sum = [0, 0, 0];
      for (const [dx, dy] of [
        [0, 0],
        [1, 0],
        [0, 1],
        [1, 1],
      ] as const) {
        const at = 4 * (Math.min(2 * y + dy, height - 1) * width + Math.min(2 * x + dx, width - 1));
        const alpha = rgba[at + 3]!;
        weight += alpha;
        for (let channel = 0; channel < 3; channel++) sum[channel] = sum[channel]! + rgba[at + channel]! * alpha;
      }
      const to = 4 * (y * across + x);
      for (let channel = 0; channel < 3; channel++) half[to + channel] = weight === 0 ? 0 : Math.round(sum[channel]! / weight);
      half[to + 3] = Math.round(weight / 4);
    }
  }
  return { width: across, height: down, rgba: half };
}

function encodePng({ width, height, rgba }: Picture): Buffer {
  return Buffer.from(encode({ width, height, data: rgba, channels: 4, depth: 8 }));
}

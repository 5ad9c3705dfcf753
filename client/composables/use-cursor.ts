import { type ComputedRef, computed, onScopeDispose, type Ref, shallowRef } from 'vue';
import type { Connection } from '../connection/connection.js';
import type { CursorPicture } from '../connection/snapshot.js';
import type { ScreenPoint } from '../input/viewport.js';

export interface DrawnCursor {
  readonly url: string;
  readonly width: number;
  readonly height: number;
  readonly hotspotX: number;
  readonly hotspotY: number;
}

/** Browsers ignore a CSS cursor beyond this size. */
const LARGEST_CSS_CURSOR_PX = 128;

/** The desktop's cursor: its shape as CSS for the session in control, its picture and position for watchers. */
export function useCursor(connection: Connection): {
  /** Null before the first shape, and while the desktop hides its cursor. */
  readonly shape: ComputedRef<DrawnCursor | null>;
  readonly css: ComputedRef<string>;
  /** In screen pixels; null until it is known. */
  readonly position: Ref<ScreenPoint | null>;
} {
  const image = shallowRef<CursorPicture | null>(connection.cursor);
  const position = shallowRef<ScreenPoint | null>(connection.position);
  onScopeDispose(connection.events.on('cursor', (next) => (image.value = next)));
  onScopeDispose(connection.events.on('position', (next) => (position.value = next)));
  const shape = computed(() => (image.value && !isHidden(image.value) ? draw(image.value) : null));
  const css = computed(() => {
    if (image.value && isHidden(image.value)) return 'none';
    const drawn = shape.value;
    if (!drawn || drawn.width > LARGEST_CSS_CURSOR_PX || drawn.height > LARGEST_CSS_CURSOR_PX) return 'default';
    return `url("${drawn.url}") ${drawn.hotspotX} ${drawn.hotspotY}, default`;
  });
  return { shape, css, position };
}

/** A cursor of one pixel is how applications hide it. */
function isHidden({ width, height }: CursorPicture): boolean {
  return width <= 1 && height <= 1;
}

function draw({ png, width, height, hotspotX, hotspotY }: CursorPicture): DrawnCursor {
  let binary = '';
  for (const byte of png) binary += String.fromCharCode(byte);
  return { url: `data:image/png;base64,${btoa(binary)}`, width, height, hotspotX, hotspotY };
}

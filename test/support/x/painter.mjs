// Paints a pattern that moves with every frame. Arguments: x y width height framesPerSecond.
import { connect, openWindow, ready } from './connect.mjs';

const [x = 0, y = 0, width = 1, height = 1, framesPerSecond = 1] = process.argv.slice(2).map(Number);
const STRIPES = 16;
const display = await connect();
const { X } = display;
const id = await openWindow(display, { x, y, width, height, color: 0x202020 });
const gc = X.AllocID();
X.CreateGC(gc, id, { foreground: 0xffffff });

const stripe = Math.ceil(width / STRIPES);
const start = performance.now();
let frame = 0;

/** The stripe that leaves is darkened, the one that comes gets a colour of its own, so that every frame differs. */
function paint() {
  fill(frame % STRIPES, 0x202020);
  frame += 1;
  fill(frame % STRIPES, ((frame * 0x4f1b) & 0xffffff) | 0x404040);
  setTimeout(paint, Math.max(0, start + (frame * 1000) / framesPerSecond - performance.now()));
}

/**
 * @param {number} index
 * @param {number} color
 */
function fill(index, color) {
  X.ChangeGC(gc, { foreground: color });
  X.PolyFillRectangle(id, gc, [index * stripe, 0, stripe, height]);
}

paint();
ready();

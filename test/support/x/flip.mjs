// A window that changes between black and white for each key press it gets. Arguments: x y width height.
import { connect, openWindow, ready } from './connect.mjs';

const [x = 0, y = 0, width = 1, height = 1] = process.argv.slice(2).map(Number);
const display = await connect();
const { X } = display;
const KEY_PRESS_MASK = 1;
const BLACK = 0x000000;
const WHITE = 0xffffff;

const id = await openWindow(display, { x, y, width, height, color: BLACK, events: KEY_PRESS_MASK });
let color = BLACK;
X.on('event', (event) => {
  if (event.name !== 'KeyPress') return;
  color = color === BLACK ? WHITE : BLACK;
  X.ChangeWindowAttributes(id, { backgroundPixel: color });
  X.ClearArea(id, 0, 0, width, height, 0);
});
X.SetInputFocus(id, 0);
X.QueryPointer(id, () => {
  ready();
  return true;
});

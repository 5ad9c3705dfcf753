import { err, ok } from '../../lib/result.js';
import type { ScreenSize } from '../../protocol/events/screen.js';
import type { Form } from '../forms/form.js';
import { boolean, text } from '../forms/scalar-forms.js';
import { key } from '../key.js';

const screenSize: Form<ScreenSize> = {
  allowed: 'WIDTHxHEIGHT@RATE such as 1920x1080@30',
  read: (raw) => {
    const found = /^(\d{1,4})x(\d{1,4})(?:@(\d{1,3}))?$/i.exec(String(raw).trim());
    if (found === null) return err('not a screen size');
    const size = { width: Number(found[1]), height: Number(found[2]), rate: Number(found[3] ?? 30) };
    return size.width < 8 || size.height < 1 ? err('too small') : ok(size);
  },
  show: ({ width, height, rate }) => `${width}x${height}@${rate}`,
};

export const desktopSchema = {
  display: key(text, '', 'X display that is controlled.', { defaultText: 'the variable DISPLAY' }),
  screen: key(screenSize, { width: 1280, height: 720, rate: 30 }, 'Size and rate of the screen at start.'),
  input: {
    enabled: key(boolean, true, "Touch through neko's X input driver, where its socket is there; the pointer otherwise."),
    socket: key(text, '/tmp/xf86-input-neko.sock', 'Unix socket of that driver.'),
  },
  unminimize: key(boolean, true, 'Brings back windows that were minimised.'),
  upload_drop: key(boolean, true, 'Files dropped on the page are dropped on the desktop.'),
  file_chooser_dialog: key(boolean, false, 'Hands the dialog to open a file to the viewer in control.'),
};

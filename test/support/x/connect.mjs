import x11 from 'x11';

/** Connects to DISPLAY and resolves with what the small X programs beside this file need. */
export function connect() {
  return new Promise((resolve, reject) => {
    const client = x11.createClient({ display: process.env.DISPLAY }, (error, display) => {
      if (error) reject(error);
      else resolve({ X: display.client, screen: display.screen[0], eventMask: x11.eventMask });
    });
    client.on('error', (error) => {
      process.stderr.write(`${error.message ?? error}\n`);
    });
  });
}

/** Maps a window without decoration; resolves when it is exposed. */
export function openWindow({ X, screen, eventMask }, { x, y, width, height, color, events = 0 }) {
  const id = X.AllocID();
  X.CreateWindow(id, screen.root, x, y, width, height, 0, 0, 0, 0, {
    overrideRedirect: true,
    backgroundPixel: color,
    eventMask: eventMask.Exposure | events,
  });
  X.MapWindow(id);
  return new Promise((resolve) => {
    X.on('event', function exposed(event) {
      if (event.name !== 'Expose' || event.wid !== id) return;
      X.removeListener('event', exposed);
      resolve(id);
    });
  });
}

/** Says on standard output that the program is ready, for whoever started it. */
export function ready() {
  process.stdout.write('ready\n');
}

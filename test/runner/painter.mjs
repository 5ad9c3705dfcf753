// Something that moves in the corner of a desktop.
import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** Right of and below the window that the suites watch: x, y, width, height, frames per second. */
const CORNER = [1232, 696, 48, 24, 15];

/** Starts painting on the display that `env` names. */
export function startPainter(root, env) {
  const file = join(root, 'test/support/x/painter.mjs');
  const child = spawn(process.execPath, [file, ...CORNER.map(String)], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const gone = new Promise((resolve) => {
    child.once('exit', resolve);
    child.once('error', resolve);
  });
  return {
    async stop() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

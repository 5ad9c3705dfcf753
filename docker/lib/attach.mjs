// Without a desktop of our own: the server alone, on a display that runs already.
import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** Runs the server in the foreground until it ends or we are told to end; resolves with its exit code. */
export function attach(root, args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, 'dist/server/main.js'), 'serve', ...args], {
      stdio: 'inherit',
      detached: true,
    });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
    child.once('error', () => resolve(1));
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface XProgram {
  readonly pid: number;
  stop(): Promise<void>;
}

/** Runs one of the small X programs in x/ in a process of its own; resolves when it says that it is ready. */
export async function startXProgram(name: 'flip' | 'painter', display: string, args: readonly number[]): Promise<XProgram> {
  const file = fileURLToPath(new URL(`${name}.mjs`, import.meta.url));
  const child = spawn(process.execPath, [file, ...args.map(String)], {
    env: { ...process.env, DISPLAY: display },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (data: Buffer) => {
    said += data.toString();
  });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const orphan = () => child.kill('SIGKILL');
  process.once('exit', orphan);
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve());
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code}: ${said}`)));
  });
  return {
    pid: child.pid ?? 0,
    async stop() {
      child.kill('SIGKILL');
      await gone;
      process.off('exit', orphan);
    },
  };
}

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CONFIG = fileURLToPath(new URL('../../../docker/xorg.conf', import.meta.url));
/** The binary behind the `Xorg` wrapper script: it takes a configuration by absolute path from any user. */
const BINARY = existsSync('/usr/lib/xorg/Xorg') ? '/usr/lib/xorg/Xorg' : 'Xorg';
const START_TIMEOUT_MS = 30_000;
const TRIED_DISPLAYS = 50;

export interface XServer {
  /** For example `:40`. */
  readonly display: string;
  readonly pid: number;
  /** Ends the server in good order and waits until it is gone; calling it again is harmless. */
  stop(): Promise<void>;
  /** Kills the server at once (SIGKILL), as a crash would, and waits until it is gone. */
  kill(): Promise<void>;
}

export interface XServerOptions {
  /** First display number that is tried; the following ones are tried while it is taken. */
  readonly first?: number;
  /** This display number or none, to restart a server where clients look for it. */
  readonly exactly?: number;
}

/** Starts a private Xorg with the dummy driver on a free display; resolves once it accepts clients. */
export async function startXServer({ first = 40, exactly }: XServerOptions = {}): Promise<XServer> {
  const numbers = exactly === undefined ? Array.from({ length: TRIED_DISPLAYS }, (_, index) => first + index) : [exactly];
  let reason = '';
  for (const number of numbers) {
    if (exactly === undefined && existsSync(`/tmp/.X11-unix/X${number}`)) continue;
    const outcome = await tryStart(number);
    if (typeof outcome !== 'string') return outcome;
    reason = outcome;
  }
  throw new Error(`no X server could be started on displays :${numbers[0]} to :${numbers.at(-1)}: ${reason}`);
}

async function tryStart(number: number): Promise<XServer | string> {
  const folder = mkdtempSync(join(tmpdir(), 'x-server-'));
  const log = join(folder, 'log');
  const options = ['-config', CONFIG, '-noreset', '-nolisten', 'tcp', '-logfile', log, '-displayfd', '3'];
  const child = spawn(BINARY, [`:${number}`, ...options], { stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  }).then(() => rmSync(folder, { recursive: true, force: true }));
  const failure = await started(child);
  if (failure !== undefined) {
    child.kill('SIGKILL');
    await gone;
    return failure;
  }
  const end = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return gone;
  };
  const orphan = () => child.kill('SIGKILL');
  process.once('exit', orphan);
  void gone.then(() => process.off('exit', orphan));
  return { display: `:${number}`, pid: child.pid ?? 0, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
}

/** Waits for the server to write its display number; resolves to the reason when it does not. */
function started(child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve) => {
    let said = '';
    const timer = setTimeout(() => resolve(`not ready after ${START_TIMEOUT_MS} ms`), START_TIMEOUT_MS);
    const settle = (failure?: string) => {
      clearTimeout(timer);
      resolve(failure);
    };
    child.stderr?.on('data', (data) => {
      said = (said + String(data)).slice(-2_000);
    });
    child.stdio[3]?.on('data', () => settle());
    child.once('error', (error) => settle(error.message));
    child.once('exit', (code) => settle(`ended with code ${code}: ${said.trim()}`));
  });
}

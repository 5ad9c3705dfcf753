import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '../wait-for.js';

export interface PulseAudio {
  /** For PULSE_SERVER. */
  readonly server: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts a private PulseAudio with the null sink `audio_output`, as the desktop has it. */
export async function startPulseAudio(): Promise<PulseAudio> {
  const folder = mkdtempSync(join(tmpdir(), 'pulse-'));
  const socket = join(folder, 'socket');
  const modules = [
    // Without rewinds the sink renders a little at a time: it is heard at once instead of after up to two seconds.
    'module-null-sink sink_name=audio_output norewinds=1',
    `module-native-protocol-unix auth-anonymous=1 socket=${socket}`,
    'module-always-sink',
  ];
  const child = spawn(
    'pulseaudio',
    [
      '-n',
      '--daemonize=no',
      '--use-pid-file=no',
      '--exit-idle-time=-1',
      '--disallow-exit',
      '--log-level=error',
      ...modules.flatMap((module) => ['--load', module]),
    ],
    { env: { ...process.env, PULSE_RUNTIME_PATH: folder, HOME: folder }, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  let stopping = false;
  child.stderr.on('data', (data: Buffer) => {
    said = (said + data.toString()).slice(-2_000);
  });
  child.once('exit', (code, signal) => {
    if (!stopping) process.stderr.write(`PulseAudio ended by itself (${code ?? signal}): ${said}\n`);
  });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const orphan = () => {
    stopping = true;
    child.kill('SIGKILL');
  };
  process.once('exit', orphan);
  await waitFor('PulseAudio', () => existsSync(socket) && child.exitCode === null);
  return {
    server: `unix:${socket}`,
    pid: child.pid ?? 0,
    async stop() {
      stopping = true;
      child.kill('SIGKILL');
      await gone;
      process.off('exit', orphan);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

import { createRequire } from 'node:module';
import { type App, startApp } from './app.js';
import { renderEffectiveConfig } from './config/effective.js';
import { type LoadedConfig, loadConfig } from './config/load.js';
import { renderSettingsReference } from './config/reference.js';
import { readConfigFile } from './config/sources/read-config-file.js';
import { mayHoldSecret } from './config/sources/secret-files.js';
import { systemClock } from './lib/clock.js';
import { LineWriter } from './logging/line-writer.js';
import { createLogger } from './logging/logger.js';
import { secretsOf } from './logging/secrets.js';
import { guardProcess } from './process/process-guard.js';
import { runtimeFolder } from './process/runtime-folder.js';
import { dtlsProblem } from './webrtc/transport/dtls-problem.js';

const USAGE = `neko-ts, a shared remote desktop

  serve [--flag=value …]    run the server (the default)
  config [--flag=value …]   print the effective configuration and where each value came from, secrets hidden
  config --markdown         print the settings reference
  --version                 print the version
`;

/** A server that cannot close within this time is ended; supervisors wait ten seconds before they kill. */
const CLOSE_LIMIT_MS = 5_000;
/** EX_CONFIG of sysexits.h: neither a refused configuration nor a Node.js without DTLS gets better by starting again. */
const FINAL_EXIT_CODE = 78;

async function main(argv: readonly string[]): Promise<void> {
  const [command = 'serve', ...rest] = argv;
  switch (command) {
    case 'serve':
      return serve(read(rest));
    case 'config':
      process.stdout.write(rest.includes('--markdown') ? renderSettingsReference() : renderEffectiveConfig(read(rest)));
      return;
    case '--version':
      process.stdout.write(`${version()}\n`);
      return;
    case 'help':
    case '--help':
    case '-h':
      process.stdout.write(USAGE);
      return;
    default:
      if (command.startsWith('-')) return serve(read(argv));
      fail([`unknown command ${JSON.stringify(command)}`, USAGE]);
  }
}

function read(argv: readonly string[]): LoadedConfig {
  const loaded = loadConfig({ argv, env: process.env, readFile: readConfigFile });
  if (loaded.ok) return loaded.value;
  return fail(
    loaded.error.map(({ message }) => message),
    FINAL_EXIT_CODE,
  );
}

async function serve({ config, warnings }: LoadedConfig): Promise<void> {
  // They are read; what the server starts, such as the GStreamer worker and helper programs, needs none of them.
  for (const name of Object.keys(process.env)) if (mayHoldSecret(name)) delete process.env[name];
  const log = createLogger(config.log, secretsOf(config));
  guardProcess(log);
  for (const warning of warnings) log.warn(warning);
  const problem = await dtlsProblem();
  if (problem !== undefined) return fail([problem], FINAL_EXIT_CODE);
  const runtime = runtimeFolder(process.env);
  const out = new LineWriter(process.stdout.fd);
  const started = await startApp({ config, log, clock: systemClock, say: (line) => out.write(`${line}\n`), runtime });
  if (!started.ok) return fail([started.error]);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop(started.value));
}

let stopping = false;

async function stop(app: App): Promise<void> {
  if (stopping) return;
  stopping = true;
  setTimeout(() => process.exit(1), CLOSE_LIMIT_MS).unref();
  await app.close();
  process.exit(0);
}

function version(): string {
  const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };
  return version;
}

function fail(lines: readonly string[], exitCode = 1): never {
  new LineWriter(process.stderr.fd).write(`${lines.join('\n')}\n`);
  process.exit(exitCode);
}

await main(process.argv.slice(2));

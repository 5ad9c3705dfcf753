import { existsSync, mkdirSync, openSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { type Logger, type LoggerOptions, pino } from 'pino';
import { prettyFactory } from 'pino-pretty';
import type { LogConfig } from '../config/config.js';
import { LineWriter } from './line-writer.js';
import { LogText } from './log-text.js';

const LATEST = 'neko-latest.log';
const TIMESTAMPS = {
  unix: () => `,"time":${Math.floor(Date.now() / 1000)}`,
  unixms: () => `,"time":${Date.now()}`,
  unixmicro: () => `,"time":${Date.now() * 1000}`,
} as const;

/**
 * The process's logger on standard error or in `log.dir` (SETTINGS.md), which writes none of `secrets`. Throws when
 * the directory cannot be used; a log that takes no more lines later costs those lines and nothing else.
 */
export function createLogger(config: LogConfig, secrets: readonly string[] = []): Logger {
  const safe = new LogText(secrets);
  const options: LoggerOptions = {
    level: config.level === 'disabled' ? 'silent' : config.level,
    base: null,
    timestamp: config.json ? TIMESTAMPS[config.time] : TIMESTAMPS.unixms,
    formatters: { log: (fields) => safe.fields(fields) },
    hooks: {
      logMethod(words, log) {
        const [first, ...rest]: unknown[] = words;
        // Pino would make the message of a lone error, without the filter for secrets.
        const whole = first instanceof Error ? [{ error: first }, ...(rest.length > 0 ? rest : [first.message])] : words;
        Reflect.apply(
          log,
          this,
          whole.map((word: unknown) => (typeof word === 'string' ? safe.text(word) : word)),
        );
      },
    },
  };
  const writer = new LineWriter(config.dir === undefined ? process.stderr.fd : openSync(openLogFile(config.dir), 'a'));
  const format = config.json
    ? (line: string) => line
    : prettyFactory({
        colorize: config.color && config.dir === undefined && process.stderr.isTTY === true,
        translateTime: 'SYS:HH:MM:ss.l',
        singleLine: true,
        // An error is a field like others: what it quotes must not begin a line of its own.
        errorLikeObjectKeys: [],
      });
  const log = pino(options, { write: (line: string) => writer.write(format(line)) });
  writer.onDropped((lines) => log.warn({ lines }, 'the log could not be written for a while, lines of it are lost'));
  return log;
}

/** Makes room for a new log file by naming the last one after the present local time; returns the new file's path. */
function openLogFile(dir: string): string {
  if (!existsSync(dir)) mkdirSync(dir);
  const latest = join(dir, LATEST);
  if (existsSync(latest)) renameSync(latest, join(dir, `neko.${localTimestamp(new Date())}.log`));
  return latest;
}

function localTimestamp(now: Date): string {
  const offsetMinutes = -now.getTimezoneOffset();
  const local = new Date(now.getTime() + offsetMinutes * 60_000).toISOString().slice(0, 19).replaceAll(':', '-');
  const sign = offsetMinutes < 0 ? '-' : '+';
  const hours = String(Math.floor(Math.abs(offsetMinutes) / 60)).padStart(2, '0');
  const minutes = String(Math.abs(offsetMinutes) % 60).padStart(2, '0');
  return `${local}${sign}${hours}-${minutes}`;
}

import { existsSync, mkdirSync, openSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { type Logger, pino } from 'pino';
import { prettyFactory } from 'pino-pretty';
import type { LogConfig } from './config/config.js';
import { LineWriter } from './line-writer.js';

const LATEST = 'neko-latest.log';
const TIMESTAMPS = {
  unix: () => `,"time":${Math.floor(Date.now() / 1000)}`,
  unixms: () => `,"time":${Date.now()}`,
  unixmicro: () => `,"time":${Date.now() * 1000}`,
} as const;

/**
 * The process's logger on standard error or in `log.dir` (spec/config.md section 4.1). Throws when the directory cannot be used;
 * a log that stops to take lines later costs those lines and nothing else.
 */
export function createLogger(config: LogConfig): Logger {
  const options = {
    level: config.level === 'disabled' ? 'silent' : config.level,
    base: null,
    timestamp: config.json ? TIMESTAMPS[config.time] : TIMESTAMPS.unixms,
  };
  const writer = new LineWriter(config.dir === undefined ? process.stderr.fd : openSync(openLogFile(config.dir), 'a'));
  const format = config.json
    ? (line: string) => line
    : prettyFactory({
        colorize: config.color && config.dir === undefined && process.stderr.isTTY === true,
        translateTime: 'SYS:HH:MM:ss.l',
        singleLine: true,
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

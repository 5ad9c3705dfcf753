import { readFileSync } from 'node:fs';
import type { ThreadSample } from './worker-watch.js';

/** USER_HZ, which Linux has fixed for what it shows in /proc. */
const MS_PER_CLOCK_TICK = 10;

/** What /proc says of a process's main thread; undefined where it says nothing. */
export function sampleMainThread(pid: number): ThreadSample | undefined {
  try {
    return parseThreadStat(readFileSync(`/proc/${pid}/task/${pid}/stat`, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Reads proc_pid_stat(5): state, utime and stime are the fields 3, 14 and 15, counted behind the name in parentheses. */
export function parseThreadStat(stat: string): ThreadSample | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state] = fields;
  const ticks = Number(fields[11]) + Number(fields[12]);
  return state === undefined || !Number.isFinite(ticks) ? undefined : { state, usedMs: ticks * MS_PER_CLOCK_TICK };
}

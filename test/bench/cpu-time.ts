import { readdirSync, readFileSync } from 'node:fs';

/** Kernel ticks per second of /proc/<pid>/stat; 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** CPU seconds (user and system) that a process has used. */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** The direct children of a process. */
export function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((candidate) => {
      try {
        return (
          Number(
            readFileSync(`/proc/${candidate}/stat`, 'utf8')
              .replace(/^.*\) /, '')
              .split(' ')[1],
          ) === pid
        );
      } catch {
        return false; // it ended meanwhile
      }
    });
}

/** Percent of one core that the processes use over `seconds`. */
export async function cpuPercent(pids: readonly number[], seconds: number): Promise<number> {
  const total = () => pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0);
  const [before, start] = [total(), performance.now()];
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  return ((total() - before) / ((performance.now() - start) / 1000)) * 100;
}

/** Resident memory in kB. */
export function residentKb(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

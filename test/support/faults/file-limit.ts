import { execFileSync, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';

/** Descriptors that a process has open. */
export function openFiles(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** Leaves a process `spare` descriptors beyond those it has; returns what lifts that again. */
export function limitFiles(pid: number, spare: number): () => void {
  const set = (soft: string, by: string) => execFileSync('prlimit', ['--pid', by, `--nofile=${soft}:`]);
  const limits = ['--pid', String(pid), '--nofile', '--output', 'SOFT', '--noheadings', '--raw'];
  const before = execFileSync('prlimit', limits).toString().trim();
  // New descriptors take the lowest free numbers, so that the limit is a number and not a count.
  const used = new Set(readdirSync(`/proc/${pid}/fd`).map(Number));
  let limit = 0;
  for (let free = 0; free < spare || used.has(limit); limit++) if (!used.has(limit)) free++;
  // A process that limits itself could not start the program that lifts the limit again: another one waits with that.
  if (pid !== process.pid) {
    set(String(limit), String(pid));
    return () => void set(before, String(pid));
  }
  const lifter = spawn('sh', ['-c', `read line; exec prlimit --pid ${pid} --nofile=${before}:`], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  set(String(limit), String(pid));
  return () => lifter.stdin.end('now\n');
}

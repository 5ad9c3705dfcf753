import { readFileSync } from 'node:fs';

/**
 * Whether the process runs; a zombie counts as ended.
 * @param {number} pid
 */
export function processAlive(pid) {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'));
  } catch {
    return false;
  }
}

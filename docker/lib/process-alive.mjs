import { readFileSync } from 'node:fs';

/**
 * Whether the process runs; one that ended and was not yet collected by its parent does not.
 * @param {number} pid
 */
export function processAlive(pid) {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'));
  } catch {
    return false;
  }
}

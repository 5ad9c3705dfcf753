import { readFileSync } from 'node:fs';
import { HTTP_LIMITS } from '../../limits.js';

/** How many connections there may be: those of the table, but never more than half of the descriptors of the process. */
export function connectionsInAll(limits = ownLimits()): number {
  const descriptors = Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? Number.POSITIVE_INFINITY);
  return Math.min(HTTP_LIMITS.connectionsInAll.value, Math.max(1, Math.floor(descriptors / 2)));
}

function ownLimits(): string {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return '';
  }
}

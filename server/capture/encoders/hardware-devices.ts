import { existsSync, readdirSync } from 'node:fs';
import type { HardwareDevices } from './hardware-fallback.js';

/** Looks which devices of hardware encoders there are. */
export function hardwareDevices(): HardwareDevices {
  return {
    va: firstIn('/dev/dri', /^renderD\d+$/),
    nvidia: firstIn('/dev', /^nvidia\d+$/),
    // The encoder of a Raspberry Pi.
    v4l2: existsSync('/dev/video11') ? '/dev/video11' : undefined,
  };
}

function firstIn(folder: string, name: RegExp): string | undefined {
  try {
    const found = readdirSync(folder).find((entry) => name.test(entry));
    return found === undefined ? undefined : `${folder}/${found}`;
  } catch {
    return undefined;
  }
}

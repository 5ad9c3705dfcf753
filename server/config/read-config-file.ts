import { readFileSync } from 'node:fs';

/** Reads a file as text; undefined when there is none, throws when it cannot be read. Goes into `loadConfig`. */
export function readConfigFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

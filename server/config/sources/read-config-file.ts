import { readRegularFileSync } from '../../files/regular-file.js';

/** Reads a file as text; undefined when there is none, throws when it cannot be read. The `readFile` of `loadConfig`. */
export function readConfigFile(path: string): string | undefined {
  try {
    return readRegularFileSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

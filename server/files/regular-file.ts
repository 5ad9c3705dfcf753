import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats, statSync } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';

/** A FIFO that nobody writes to would hold the opening up for ever, and a terminal would become ours. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

/**
 * Opens a file for reading, through symbolic links. Anything that is neither a file nor a folder is refused at once, and not
 * opened, since opening alone sets some devices off. Throws the system's error.
 */
export async function openRegularFile(path: string): Promise<FileHandle> {
  refuseOdd(await stat(path));
  const file = await open(path, FLAGS);
  try {
    refuseOdd(await file.stat());
  } catch (error) {
    await file.close();
    throw error;
  }
  return file;
}

/** The text of a file; refuses the same as `openRegularFile`. */
export async function readRegularFile(path: string): Promise<string> {
  const file = await openRegularFile(path);
  try {
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/** The same, synchronously: for the time before the server runs. */
export function readRegularFileSync(path: string): string {
  refuseOdd(statSync(path));
  const file = openSync(path, FLAGS);
  try {
    refuseOdd(fstatSync(file));
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}

/** Folders pass: the system refuses to read them, in clear words. */
function refuseOdd(found: Stats): void {
  if (!found.isFile() && !found.isDirectory()) throw new Error(`it is ${kindOf(found)} and no regular file`);
}

function kindOf(found: Stats): string {
  if (found.isFIFO()) return 'a FIFO';
  return found.isSocket() ? 'a socket' : 'a device';
}

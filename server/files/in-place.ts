import { constants } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { parseJson } from '../lib/text/json-text.js';
import { errorCode } from './file-trouble.js';
import { keepCopy, readCopy } from './kept-copy.js';
import { readKeptFile } from './synced.js';

const BLANK = ' ';

/**
 * Writes a file that cannot be replaced, such as one that is mounted by itself. First a synced copy of the new text is kept
 * elsewhere, then the room for it is taken by blanks behind the old text, which stays valid JSON, and only then is the old text
 * overwritten: a full disk refuses before that, and what a crash leaves half written `recoverInPlace` puts right.
 * Where there is no file, it throws `refusal`: the reason why none could be made.
 */
export async function writeInPlace(target: string, text: string, refusal: unknown): Promise<void> {
  const file = await open(target, constants.O_RDWR).catch((error: unknown) => {
    throw errorCode(error) === 'ENOENT' ? refusal : error;
  });
  try {
    const old = await file.readFile();
    const release = await keepCopy(target, text);
    try {
      await overwrite(file, Buffer.from(text));
    } catch (error) {
      // A disk that fails half way is given what was there before; where it refuses that too, the copy waits for the next start.
      await overwrite(file, old);
      await release();
      throw error;
    }
    await release();
  } finally {
    await file.close();
  }
}

/** Finishes what a crash left half written: a file that does not parse, of whose new text a whole copy was kept. */
export async function recoverInPlace(target: string): Promise<'recovered' | 'nothing-to-do'> {
  const copy = await readCopy(target);
  if (copy === undefined) return 'nothing-to-do';
  const current = await readKeptFile(target);
  const torn = copy.text !== undefined && current !== undefined && !parseJson(current).ok;
  if (torn) {
    const file = await open(target, constants.O_RDWR);
    await overwrite(file, Buffer.from(copy.text)).finally(() => file.close());
  }
  await rm(copy.path, { force: true });
  return torn ? 'recovered' : 'nothing-to-do';
}

async function overwrite(file: FileHandle, bytes: Buffer): Promise<void> {
  const { size } = await file.stat();
  if (bytes.length > size) await makeRoom(file, size, bytes.length);
  const padding = Buffer.alloc(Math.max(0, size - bytes.length), BLANK);
  await writeAll(file, Buffer.concat([bytes, padding]), 0);
  await file.truncate(bytes.length);
  await file.sync();
}

async function makeRoom(file: FileHandle, size: number, wanted: number): Promise<void> {
  try {
    await writeAll(file, Buffer.alloc(wanted - size, BLANK), size);
    await file.sync();
  } catch (error) {
    await file.truncate(size);
    throw error;
  }
}

async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written, position + written);
    written += bytesWritten;
  }
}

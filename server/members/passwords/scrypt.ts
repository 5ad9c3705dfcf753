import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { Turns } from '../turns.js';

/** What a hash costs: memory is 128 * 2^ln * r bytes, work that times p. */
interface Cost {
  readonly ln: number;
  readonly r: number;
  readonly p: number;
}

interface ScryptHash {
  readonly cost: Cost;
  readonly salt: Buffer;
  readonly key: Buffer;
}

/**
 * 32 MiB and about 70 ms. OWASP's setting for this memory does three times the work (p = 3): here the encoder of the desktop runs
 * on the same few cores, and failed logins are throttled.
 */
const COST: Cost = { ln: 15, r: 8, p: 1 };
/** The highest cost accepted in a hash that was written by hand or by a later version. */
const MAX_MEMORY_BYTES = 128 * 2 ** 20;
const MAX_WORK_BYTES = 4 * MAX_MEMORY_BYTES;
const SALT_BYTES = 16;
const KEY_BYTES = 32;
/** Each takes 32 MiB and a thread of Node's pool, which also serves file access and DNS. */
const AT_ONCE = 2;
const turns = new Turns(AT_ONCE);

const FORM = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,3}),p=(\d{1,3})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{43,86})$/;

/** A password as it is kept: `$scrypt$ln=15,r=8,p=1$<salt>$<key>`, salt and key in base64 without padding (PHC string format). */
export async function scryptHash(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const key = await derive(password, salt, COST, KEY_BYTES);
  return `$scrypt$ln=${COST.ln},r=${COST.r},p=${COST.p}$${unpadded(salt)}$${unpadded(key)}`;
}

/** Whether `stored` is a scrypt hash that we can compute. */
export function isScryptHash(stored: string): boolean {
  return parse(stored) !== undefined;
}

/** Whether `password` is the one that `stored`, a scrypt hash, was made from. */
export async function matchesScrypt(password: string, stored: string): Promise<boolean> {
  const hash = parse(stored);
  if (hash === undefined) return false;
  return timingSafeEqual(await derive(password, hash.salt, hash.cost, hash.key.length), hash.key);
}

function parse(stored: string): ScryptHash | undefined {
  const [, ln, r, p, salt, key] = FORM.exec(stored) ?? [];
  if (salt === undefined || key === undefined) return undefined;
  const cost = { ln: Number(ln), r: Number(r), p: Number(p) };
  const memoryBytes = 128 * 2 ** cost.ln * cost.r;
  const affordable = memoryBytes <= MAX_MEMORY_BYTES && memoryBytes * cost.p <= MAX_WORK_BYTES;
  if (cost.ln < 1 || cost.r < 1 || cost.p < 1 || !affordable) return undefined;
  return { cost, salt: Buffer.from(salt, 'base64'), key: Buffer.from(key, 'base64') };
}

function derive(password: string, salt: Buffer, { ln, r, p }: Cost, bytes: number): Promise<Buffer> {
  const maxmem = MAX_MEMORY_BYTES + 2 ** 20;
  return turns.take(
    () =>
      new Promise((resolve, reject) => {
        scrypt(password, salt, bytes, { N: 2 ** ln, r, p, maxmem }, (error, key) => (error ? reject(error) : resolve(key)));
      }),
  );
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}

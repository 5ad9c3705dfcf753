import { scryptSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { nekoHash } from '../../../server/members/passwords/password.js';
import { HashedPasswords, PlainPasswords } from '../../../server/members/passwords/password-form.js';
import { Turns } from '../../../server/members/turns.js';

const hashed = new HashedPasswords();
const plain = new PlainPasswords();

/** A hash of little cost, so that the test is quick. */
function cheapHash(password: string): string {
  const salt = Buffer.from('0123456789abcdef');
  const text = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
  return `$scrypt$ln=10,r=8,p=1$${text(salt)}$${text(scryptSync(password, salt, 32, { N: 1024, r: 8, p: 1 }))}`;
}

test('a new password is kept as a scrypt hash with a salt of its own', async () => {
  const [first, second] = await Promise.all([hashed.encode('sécret'), hashed.encode('sécret')]);
  expect(first).toMatch(/^\$scrypt\$ln=15,r=8,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  expect(second).not.toBe(first);
  expect(await hashed.check('sécret', first)).toEqual({ matches: true });
  expect(await hashed.check('secret', first)).toEqual({ matches: false });
});

test("neko's hash is taken, and the right password brings the better one", async () => {
  const { matches, better } = await hashed.check('test', 'n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=');
  expect(matches).toBe(true);
  expect(await hashed.check('test', better)).toEqual({ matches: true });
  expect(await hashed.check('tast', nekoHash('test'))).toEqual({ matches: false });
});

test.each([
  ['no account', undefined],
  ['an empty password', ''],
  ['the hash itself', cheapHash('other')],
  ['a hash that asks for 2 GiB', cheapHash('right').replace('ln=10', 'ln=21')],
  ['a hash that asks for endless work', cheapHash('right').replace('ln=10,r=8,p=1', 'ln=17,r=8,p=200')],
  ['a hash of no work', cheapHash('right').replace('ln=10', 'ln=0')],
  ['a hash cut short', cheapHash('right').slice(0, -5)],
])('nobody signs in with %s', async (_what, kept) => {
  for (const form of [hashed, plain]) expect((await form.check('right', kept)).matches).toBe(false);
  expect((await hashed.check(kept ?? '', kept)).matches).toBe(false);
});

test('without hashing, passwords stay as they are written, and a hash is never a password', async () => {
  expect(await plain.encode('open')).toBe('open');
  expect(await plain.check('open', 'open')).toEqual({ matches: true });
  const kept = cheapHash('right');
  expect(await plain.check('right', kept)).toEqual({ matches: true });
  expect(await plain.check(kept, kept)).toEqual({ matches: false });
});

test('an unknown name costs as much work as a known one', async () => {
  const kept = await hashed.encode('known');
  const cpu = async (stored: string | undefined) => {
    const before = process.cpuUsage();
    for (let round = 0; round < 2; round++) await hashed.check('guess', stored);
    return process.cpuUsage(before).user;
  };
  const [known, unknown, nekos] = [await cpu(kept), await cpu(undefined), await cpu(nekoHash('known'))];
  expect(unknown).toBeGreaterThan(known / 2);
  expect(nekos).toBeGreaterThan(known / 2);
}, 20_000);

test('at most so many pieces of work run at once, in the order in which they came, a failed one included', async () => {
  const turns = new Turns(2);
  const ends: (() => void)[] = [];
  const begun: number[] = [];
  const work = [0, 1, 2, 3].map((number) =>
    turns
      .take(() => {
        begun.push(number);
        return new Promise<void>((resolve, reject) => ends.push(number === 0 ? () => reject(new Error('no')) : resolve));
      })
      .catch(() => undefined),
  );
  expect(begun).toEqual([0, 1]);
  ends[0]?.();
  await work[0];
  expect(begun).toEqual([0, 1, 2]);
  ends[1]?.();
  ends[2]?.();
  await work[2];
  expect(begun).toEqual([0, 1, 2, 3]);
  ends[3]?.();
  await Promise.all(work);
});

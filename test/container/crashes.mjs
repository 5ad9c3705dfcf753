// What becomes of those inside when programs crash, or the container is started again.
import { expect, logIn, until } from './expect.mjs';

/** @import { Container } from './expect.mjs' */

/**
 * Kills the first process that `matches(comm, command line)`, and waits until another one runs in its stead.
 * @param {(script: string) => string} inside
 * @param {string} name
 * @param {(comm: string, command: string) => boolean} matches
 */
async function killed(inside, name, matches) {
  const find = () => {
    const script = `for p in /proc/[0-9]*; do echo "$(basename $p) $(cat $p/comm) $(tr '\\0' ' ' <$p/cmdline)"; done 2>/dev/null`;
    const found = inside(script)
      .split('\n')
      .map((line) => /^(\d+) (\S+) (.*)$/.exec(line) ?? [])
      .find(([, , comm = 'sh', command = '']) => comm !== 'sh' && matches(comm, command));
    return found?.[1];
  };
  const pid = find();
  expect(pid !== undefined, `${name} does not run`);
  inside(`kill -9 ${pid}`);
  await until(`${name} again`, () => {
    const now = find();
    return now !== undefined && now !== pid;
  });
}

/**
 * @param {Container} container
 * @param {() => string[]} links  that its server printed
 * @param {() => Promise<boolean>} isHealthy
 */
export async function examineCrashes({ test, docker, id, url }, links, isHealthy) {
  /** @param {string} script */
  const inside = (script) => docker('exec', id, 'sh', '-c', script);
  await test('keeps supervising: a killed X server comes back', async () => {
    await killed(inside, 'Xorg', (comm) => comm === 'Xorg');
    await until('/health', isHealthy);
  });
  await test('a server killed four times in a row comes back, and the old link still signs in', async () => {
    const link = new URL(links().find((text) => text.includes('password=')) ?? url);
    const password = new URLSearchParams(link.hash.slice(1)).get('password') ?? '';
    for (let times = 0; times < 4; times += 1) {
      await killed(inside, 'dist/server/main.js', (_comm, command) => command.includes('dist/server/main.js'));
      await until('/health', isHealthy);
    }
    const answer = await logIn(url, password);
    expect(answer.ok, `the old password: ${answer.status} ${await answer.text()}`);
  });
  await test('after docker restart the old link still signs in', async () => {
    const link = new URL(links().find((text) => text.includes('password=')) ?? url);
    docker('restart', '-t', '20', id);
    await until('/health', isHealthy);
    const answer = await logIn(url, new URLSearchParams(link.hash.slice(1)).get('password') ?? '');
    expect(answer.ok, `the old password: ${answer.status}`);
  });
}

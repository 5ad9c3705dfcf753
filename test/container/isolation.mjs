// What an application that was taken over can reach in the container.
import { expect, logIn } from './expect.mjs';

const APPLICATIONS = /chromium|Xorg|pulseaudio|openbox|dist\/server\/main\.js/;

/** @import { Container } from './expect.mjs' */

/**
 * `secrets` are the ones that the container was started with: TOKEN in a variable, ADMIN in a mounted file.
 * @param {Container} container
 * @param {{ TOKEN: string, ADMIN: string }} secrets
 */
export async function examineIsolation({ test, docker, id, url }, { TOKEN, ADMIN }) {
  /** @param {string} script */
  const inside = (script) => docker('exec', id, 'sh', '-c', script);
  await test('runs desktop and server as two unprivileged users', async () => {
    const lines = inside('for p in /proc/[0-9]*; do echo "$(stat -c %U $p) $(tr "\\0" " " < $p/cmdline)"; done').split('\n');
    const found = lines.filter((line) => APPLICATIONS.test(line) && !/supervisord|proc\/\[0-9\]/.test(line));
    for (const program of ['chromium', 'Xorg', 'pulseaudio', 'openbox', 'main.js'])
      expect(
        found.some((line) => line.includes(program)),
        `${program} does not run:\n${lines.join('\n')}`,
      );
    const wrong = found.filter((line) => !line.startsWith(line.includes('/server/') ? 'neko-server ' : 'neko '));
    expect(wrong.length === 0, `not as it should be: ${wrong.join('\n')}`);
  });
  await test('applications see no secret of the server in an environment, in a file or on a command line', async () => {
    const asApplication = ['exec', '-u', 'neko', id, 'sh', '-c'];
    // Written so that the commands do not find themselves.
    const patterns = [TOKEN, ADMIN].map((secret) => `-e '[${secret[0]}]${secret.slice(1)}'`).join(' ');
    const own = `cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n' | grep -c ${patterns} || true`;
    // A shell of the engine's has the container's whole environment itself; an application's is what counts.
    expect(docker(...asApplication, 'exec env -i sh -c "$0"', own).trim() === '0', 'a secret stands in /proc');
    const files = `grep -rls ${patterns} /etc /home /opt /run /tmp /usr/share /var 2>/dev/null || true`;
    const named = docker(...asApplication, files).trim();
    expect(named === '', `a secret stands in ${named}`);
    expect(inside('cat /var/lib/neko-server/private/environment.json').includes(TOKEN), 'the server has no token');
    const answer = await fetch(`${url}/api/sessions`, { headers: { authorization: `Bearer ${TOKEN}` } });
    expect(answer.ok, `the token of the environment is not taken: ${answer.status}`);
    const login = await logIn(url, ADMIN);
    expect(login.ok, `the password of the secret file is not taken: ${login.status}`);
  });
  await test('logs, socket and pauses of supervisor cannot be written by applications', async () => {
    const script = `for path in /var/run /var/run/supervisor.sock /var/log/neko /var/log/neko/* /var/lib/neko-server; do
      if test -w "$path"; then echo "$path"; fi; done; supervisorctl -c /etc/neko/supervisord.conf stop neko 2>&1 | grep -c stopped || true`;
    const said = docker('exec', '-u', 'neko', id, 'sh', '-c', script).trim();
    expect(said === '0', `applications may: ${said}`);
  });
  await test('Chromium has its sandbox', async () => {
    const commands = inside(`for p in /proc/[0-9]*; do tr '\\0' ' ' <$p/cmdline; echo; done`);
    expect(!commands.includes('chromium --no-sandbox') && !/chromium .*--no-sandbox/.test(commands), 'it runs with --no-sandbox');
    // The sandbox's zygote makes renderers in a PID namespace, where they have a second number.
    const renderers = inside(
      'for p in /proc/[0-9]*; do if grep -qs type=renderer $p/cmdline; then grep -hs NSpid $p/status; fi; done',
    );
    const inNamespace = renderers.split('\n').filter((line) => /^NSpid:\s+\d+\s+\d+/.test(line));
    expect(inNamespace.length > 0, `renderers are in no namespace of their own: ${renderers}`);
  });
  await test('no program of the desktop has a capability, or can get one', async () => {
    const statuses = inside(`for p in /proc/[0-9]*; do
      if [ "$(stat -c %U $p 2>/dev/null)" = neko ]; then cat $p/status 2>/dev/null && echo; fi; done`)
      .split('\n\n')
      .filter((status) => status.includes('NoNewPrivs'));
    expect(statuses.length > 3, 'no program of the desktop found');
    const mayRise = statuses.filter((status) => !/^NoNewPrivs:\s+1$/m.test(status));
    expect(mayRise.length === 0, `new privileges are possible:\n${mayRise.join('\n\n')}`);
    // What the sandbox puts into a user namespace may have capabilities there, over its own namespace alone.
    const outside = statuses.filter((status) => /^NSpid:\s+\d+$/m.test(status));
    const capable = outside.filter((status) => !/^CapEff:\s+0+$/m.test(status) || !/^CapPrm:\s+0+$/m.test(status));
    expect(outside.length > 3 && capable.length === 0, `capabilities:\n${capable.join('\n\n')}`);
  });
}

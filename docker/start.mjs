// npm start: from a fresh Debian 12 or 13 with Node alone to a desktop in the browser. Words after `--` go to the server.
import { fileURLToPath } from 'node:url';
import { readableProduct } from './lib/container/readable-copy.mjs';
import { checkServerAddress } from './lib/server-address.mjs';
import { attach } from './lib/session/attach.mjs';
import { runDesktopSession } from './lib/session/desktop-session.mjs';
import { sessionUsers } from './lib/session/session-user.mjs';
import { ensureBuild } from './lib/setup/build.mjs';
import { checkNodeVersion } from './lib/setup/node-version.mjs';
import { ensureNpmPackages } from './lib/setup/npm.mjs';
import { ensurePackages } from './lib/setup/packages.mjs';
import { runCommand } from './lib/setup/progress.mjs';

await runCommand(async () => {
  const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
  const args = process.argv.slice(2);
  const attaches = Boolean(process.env.NEKO_DESKTOP_DISPLAY);
  checkNodeVersion();
  await checkServerAddress();
  await ensurePackages(attaches ? ['server'] : ['server', 'desktop', 'application']);
  await ensureNpmPackages(root);
  await ensureBuild(root);
  if (attaches) return attach(root, args);
  const users = sessionUsers();
  const product = await readableProduct(root, [users.desktop, users.server]);
  return runDesktopSession({ root, product, users, args });
});

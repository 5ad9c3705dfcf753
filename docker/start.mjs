// npm start: from a fresh Debian 12 or 13 with Node alone to a desktop in the browser. Words after `--` go to the server.
import { fileURLToPath } from 'node:url';
import { attach } from './lib/attach.mjs';
import { ensureBuild } from './lib/build.mjs';
import { runDesktopSession } from './lib/desktop-session.mjs';
import { checkNodeVersion } from './lib/node-version.mjs';
import { ensureNpmPackages } from './lib/npm.mjs';
import { ensurePackages } from './lib/packages.mjs';
import { runCommand } from './lib/progress.mjs';
import { readableProduct } from './lib/readable-copy.mjs';
import { checkServerAddress } from './lib/server-address.mjs';
import { sessionUsers } from './lib/session-user.mjs';

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

// The session user may be unable to read the folder of this project (a clone in /root, say). The session then runs from
// a copy; we do not widen the permissions of other users' folders.
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { mayRead } from '../session/session-user.mjs';
import { lockedPackages } from '../setup/npm.mjs';
import { step } from '../setup/progress.mjs';

const COPY = '/var/lib/neko-ts';

/** @import { User } from '../session/session-user.mjs' */

/**
 * Where the session finds project and Node.
 * @typedef {object} Product
 * @property {string} root  the folder of the project
 * @property {string} node  the binary
 */

/**
 * The node_modules folders that the running server needs, by the lock file.
 * @param {string} root
 */
function runtimeModules(root) {
  return Object.entries(lockedPackages(join(root, 'package-lock.json'))).flatMap(([path, { dev }]) =>
    path !== '' && !dev && existsSync(join(root, path)) ? [path] : [],
  );
}

/**
 * Resolves to the folder of the project and the Node binary themselves, or to copies of them under /var/lib that each of
 * `users` can read.
 * @param {string} root
 * @param {readonly User[]} users
 * @returns {Promise<Product>}
 */
export async function readableProduct(root, users) {
  /** @param {readonly string[]} paths */
  const mayAllRead = (paths) => users.every((user) => mayRead(user, paths));
  const samples = [
    'dist/server/main.js',
    'dist/client/index.html',
    'docker/xorg.conf',
    'docker/bin/x-server',
    'node_modules/fastify/package.json',
  ];
  const node = process.execPath;
  const place = { root, node };
  if (!mayAllRead(samples.map((path) => join(root, path)))) {
    const modules = runtimeModules(root);
    const stamp = `${root}\n${statSync(join(root, 'package-lock.json')).mtimeMs}\n`;
    place.root = COPY;
    await step(
      `Copying the built program to ${COPY}, where ${users.map(({ name }) => `"${name}"`).join(' and ')} can read it`,
      async () => {
        const record = join(COPY, '.modules');
        if (!existsSync(record) || readFileSync(record, 'utf8') !== stamp) {
          rmSync(COPY, { recursive: true, force: true });
          for (const path of modules)
            cpSync(join(root, path), join(COPY, path), { recursive: true, filter: ownFiles(join(root, path)) });
        }
        for (const path of ['dist', 'docker']) {
          rmSync(join(COPY, path), { recursive: true, force: true });
          cpSync(join(root, path), join(COPY, path), { recursive: true });
        }
        cpSync(join(root, 'package.json'), join(COPY, 'package.json'));
        spawnSync('chmod', ['-R', 'u=rwX,go=rX', COPY]);
        writeFileSync(record, stamp);
      },
    );
  }
  if (!mayAllRead([node])) {
    place.node = join(COPY, 'node');
    mkdirSync(dirname(place.node), { recursive: true });
    cpSync(node, place.node);
    chmodSync(place.node, 0o755);
    chmodSync(COPY, 0o755);
  }
  return place;
}

/**
 * A package's own files, without packages nested in it: those are on the list themselves.
 * @type {(from: string) => (path: string) => boolean}
 */
const ownFiles = (from) => (path) => !path.slice(from.length).includes('/node_modules');

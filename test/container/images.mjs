// The two images that the Dockerfile starts from, pulled where a registry is reached, else made from Debian and npm packages.
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../docker/lib/command.mjs';
import { npm } from '../../docker/lib/setup/npm.mjs';
import { step } from '../../docker/lib/setup/progress.mjs';

/** @import { Engine } from './engine.mjs' */

const SUITE = 'trixie';
const NODE_MAJOR = 24;
const OFFICIAL = { BASE_IMAGE: `debian:${SUITE}-slim`, NODE_IMAGE: `node:${NODE_MAJOR}-${SUITE}-slim` };
const OWN = { BASE_IMAGE: 'neko-test/base', NODE_IMAGE: 'neko-test/node' };

/** A machine behind a proxy with an authority of its own needs that in the image too, or npm trusts nobody there. */
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

const NODE_DOCKERFILE = `FROM ${OWN.BASE_IMAGE}
COPY node /usr/local/bin/node
COPY npm /usr/local/lib/node_modules/npm
COPY certificates /etc/ssl/certs/ca-certificates.crt
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
`;

/**
 * @param {string} docker
 * @param {NodeJS.ProcessEnv} env
 * @param {string} folder
 */
async function makeOwn(docker, env, folder) {
  const root = join(folder, 'base.tar');
  await step(`Making a Debian ${SUITE} base image`, async (report) => {
    await run('mmdebstrap', ['--variant=minbase', SUITE, root], { report });
    await run(docker, ['import', root, OWN.BASE_IMAGE], { env, report });
    rmSync(root);
  });
  await step(`Making a Node ${NODE_MAJOR} image`, async (report) => {
    const name = `node-linux-${process.arch}`;
    const modules = join(folder, 'node_modules');
    writeFileSync(join(folder, 'package.json'), '{"private":true}');
    await npm(['install', '--no-save', `${name}@${NODE_MAJOR}`, 'npm@11'], { cwd: folder, report });
    const context = join(folder, 'context');
    mkdirSync(context);
    copyFileSync(join(modules, name, 'bin/node'), join(context, 'node'));
    cpSync(join(modules, 'npm'), join(context, 'npm'), { recursive: true });
    if (existsSync(CERTIFICATES)) copyFileSync(CERTIFICATES, join(context, 'certificates'));
    else writeFileSync(join(context, 'certificates'), '');
    writeFileSync(join(context, 'Dockerfile'), NODE_DOCKERFILE);
    await run(docker, ['build', '-t', OWN.NODE_IMAGE, context], { env, report });
  });
}

/**
 * Resolves to the build arguments for images that exist in the engine. Throws Stop.
 * @param {Engine} engine
 */
export async function startingImages({ docker, env }) {
  try {
    for (const image of Object.values(OFFICIAL)) await run(docker, ['pull', image], { env });
    return OFFICIAL;
  } catch {
    console.log('No image can be pulled here: the base images are made from Debian and npm packages.');
  }
  const folder = mkdtempSync(join(tmpdir(), 'neko-images-'));
  try {
    await makeOwn(docker, env, folder);
    return OWN;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

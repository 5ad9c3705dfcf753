import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** Compiles the worker from its sources as they are now; returns the path of the program. */
export async function compileWorker(): Promise<string> {
  // Below node_modules, so that it is ignored by git and still finds its packages.
  const folder = join(ROOT, 'node_modules', '.cache');
  mkdirSync(folder, { recursive: true });
  const [outfile, made] = [join(folder, 'gstreamer-worker.mjs'), join(folder, `gstreamer-worker-${process.pid}.mjs`)];
  await build({
    entryPoints: [join(ROOT, 'server/capture/worker/main.ts')],
    outfile: made,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    logLevel: 'error',
  });
  // Another test run may be starting the one that is there.
  renameSync(made, outfile);
  return outfile;
}

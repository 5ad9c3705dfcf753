import { Stop } from './progress.mjs';

const OLDEST = [20, 19];

/** Throws Stop when this Node is older than what the product is tested with. */
export function checkNodeVersion(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return;
  throw new Stop(`Node ${OLDEST.join('.')} or newer is needed; this is ${version} (${process.execPath}).`);
}

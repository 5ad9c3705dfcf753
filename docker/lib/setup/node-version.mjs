import { Stop } from './progress.mjs';

const OLDEST = { major: 20, minor: 19 };

/** Throws Stop when this Node is older than the oldest tested version. */
export function checkNodeVersion(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor)) return;
  throw new Stop(`Node ${OLDEST.major}.${OLDEST.minor} or newer is needed; this is ${version} (${process.execPath}).`);
}

import { existsSync } from 'node:fs';

/** Docker, Podman and Kubernetes leave one of these. */
export function inContainer(): boolean {
  return ['/.dockerenv', '/run/.containerenv', '/var/run/secrets/kubernetes.io'].some((path) => existsSync(path));
}

import { existsSync } from 'node:fs';

/** Docker, Podman and Kubernetes each leave one of these paths. */
export function inContainer(): boolean {
  return ['/.dockerenv', '/run/.containerenv', '/var/run/secrets/kubernetes.io'].some((path) => existsSync(path));
}

import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BindAddress, ServerConfig } from '../config/config.js';
import type { Environment } from '../config/sources/environment.js';
import type { Log } from '../lib/log.js';

/** Set by the launcher: a folder of its user alone that lasts as long as the container or the one npm start. */
const VARIABLE = 'SESSION_PRIVATE';

/** Where the server listens, for health checks; `path` is that of /health. */
export interface Listening extends BindAddress {
  readonly tls: boolean;
  readonly path: string;
}

/** Files that outlive a crash of the server without being configured, and those that the launcher reads. */
export interface RuntimeFolder {
  /** Generated passwords stand beside this file, where no session file was configured. */
  readonly passwordsBeside: string;
  /** Writes where the server listens, for health checks: whatever the configuration, this is the address in effect. */
  tellAddress(server: ServerConfig, log: Log): void;
}

/** The folder that the environment names; undefined when the server was started by hand. */
export function runtimeFolder(env: Environment): RuntimeFolder | undefined {
  const folder = env[VARIABLE];
  if (!folder) return undefined;
  return {
    passwordsBeside: join(folder, 'generated'),
    tellAddress({ bind, tls, pathPrefix }, log) {
      const file = join(folder, 'listening.json');
      const content: Listening = { ...bind, tls: tls !== undefined, path: `${pathPrefix.replace(/\/$/, '')}/health` };
      try {
        writeFileSync(`${file}.new`, `${JSON.stringify(content)}\n`, { mode: 0o644 });
        renameSync(`${file}.new`, file);
      } catch (error) {
        log.warn(
          { file, reason: error instanceof Error ? error.message : String(error) },
          'health checks do not learn the address',
        );
      }
    },
  };
}

import { err, ok, type Result } from '../lib/result.js';
import { assemble } from './assemble.js';
import { crossCheck, crossWarnings } from './checks.js';
import type { Config } from './config.js';
import { resolveIceServers } from './ice-servers.js';
import { suggestion } from './nearest.js';
import { type ConfigError, describeOrigin, type Given, type Origin } from './origin.js';
import { resolve } from './resolve.js';
import { KEYS, type Values } from './schema.js';
import { type Environment, unknownVariables } from './sources/environment.js';
import { type ConfigFile, loadConfigFile, type ReadFile, unknownPaths } from './sources/file.js';
import { readFlags } from './sources/flags.js';
import { readSecretFiles } from './sources/secret-files.js';
import { findV2Name, findV3, KNOWN_FLAGS, KNOWN_GROUPS, KNOWN_PATHS, KNOWN_VARIABLES, type Sources } from './sources/sources.js';
import { findV2, readV2 } from './v2/v2.js';

export interface ConfigInput {
  /** Arguments after the command. */
  readonly argv: readonly string[];
  readonly env: Environment;
  readonly readFile: ReadFile;
}

export interface LoadedConfig {
  readonly config: Config;
  /** Warnings for the log, one line each. */
  readonly warnings: readonly string[];
  /** The origin of each key's value. */
  readonly origins: ReadonlyMap<string, Origin>;
  readonly values: Values;
}

/**
 * Reads the whole configuration: v2 settings over flags over environment over file over defaults (SPEC.md CF2).
 * Pure apart from the injected `readFile`. All errors are reported at once.
 */
export function loadConfig(input: ConfigInput): Result<LoadedConfig, readonly ConfigError[]> {
  const flags = readFlags(input.argv, KNOWN_FLAGS);
  const named = flags.values.get('--config') ?? (input.env.NEKO_CONFIG || undefined);
  const file = loadConfigFile(named === undefined ? undefined : String(named), input.readFile);
  if (!file.ok) return err([...flags.errors, { key: 'config', message: file.error }]);
  const secrets = readSecretFiles(input.env, input.readFile);
  const sources: Sources = { flags: flags.values, env: input.env, secrets: secrets.values, file: file.value };

  const given = new Map<string, Given>();
  for (const key of KEYS) {
    const found = findV3(sources, key);
    if (found !== undefined) given.set(key.slot, found);
  }
  const legacy = resolve((slot) => (slot === 'legacy' ? given.get(slot) : undefined)).values.legacy;
  const v2 = readV2(
    findV2((name) => findV2Name(sources, name)),
    legacy,
    (path) => given.has(path),
  );
  const { values, origins, errors, warnings: odd } = resolve((slot) => v2.overlay.get(slot) ?? given.get(slot));
  const config = assemble(values, { env: input.env, v2 });

  const refused = [...flags.errors, ...secrets.errors, ...v2.errors, ...errors];
  // Combinations are checked only when every value was read; else errors would blame defaults.
  const all = refused.length > 0 ? refused : crossCheck(values, config, v2.iceUrls);
  if (all.length > 0) return err(all);
  const warnings = [
    ...unknownVariables(input.env, KNOWN_VARIABLES),
    ...unknownFileKeys(file.value),
    ...overruled(given, v2.overlay),
    ...v2.warnings,
    ...odd,
    ...resolveIceServers(values.webrtc, v2.iceUrls).warnings,
    ...crossWarnings(values),
  ];
  // A value that a v2 setting passes on to its replacement is read twice, and warned about twice.
  return ok({ config, warnings: [...new Set(warnings)], origins, values });
}

function unknownFileKeys(file: ConfigFile | null): readonly string[] {
  if (file === null) return [];
  return unknownPaths(file.content, KNOWN_PATHS).map(
    (path) => `${path} in ${file.path}: unknown setting${suggestion(path, [...KNOWN_GROUPS, ...KNOWN_PATHS])}, it has no effect.`,
  );
}

/** A v2 setting beats the v3 setting that replaces it, in neko and here; a warning says so where both are given. */
function overruled(given: ReadonlyMap<string, Given>, overlay: ReadonlyMap<string, Given>): readonly string[] {
  return [...overlay].flatMap(([slot, v2]) => {
    const v3 = given.get(slot);
    return v3 === undefined ? [] : [`${describeOrigin(v3.origin, slot)}: overruled by ${describeOrigin(v2.origin, slot)}.`];
  });
}

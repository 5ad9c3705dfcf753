import convict from 'convict';
import { readOddText } from './forms/odd-text.js';
import { badValue, type ConfigError, type Given, type Origin } from './origin.js';
import { KEYS, SCHEMA, type Values } from './schema.js';

export interface Resolved {
  readonly values: Values;
  /** By slot of the schema. */
  readonly origins: ReadonlyMap<string, Origin>;
  readonly errors: readonly ConfigError[];
  readonly warnings: readonly string[];
}

/** Lays the given values over the defaults. A value that its form refuses is an error, and the default stays. */
export function resolve(find: (slot: string) => Given | undefined): Resolved {
  // We read arguments and environment ourselves: convict does not report the origin of a value.
  const settings = convict<Values>(SCHEMA, { args: [], env: {} });
  const origins = new Map<string, Origin>();
  const errors: ConfigError[] = [];
  const warnings: string[] = [];
  for (const { slot, path, key } of KEYS) {
    const given = find(slot);
    origins.set(slot, given?.origin ?? { kind: 'default' });
    if (given === undefined) continue;
    const { value, warnings: odd } = readOddText(key.form, given, path, key.sensitive);
    warnings.push(...odd);
    if (value.ok) settings.set(slot, value.value);
    else errors.push(badValue(path, given, value.error, key.form.allowed, key.sensitive));
  }
  return { values: settings.getProperties(), origins, errors, warnings };
}

import { type LoadedConfig, loadConfig } from '../../../server/config/load.js';

export interface Given {
  readonly argv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
}

/** Loads a configuration out of nothing but what the test gives. */
export function load({ argv = [], env = {}, files = {} }: Given) {
  return loadConfig({ argv, env, readFile: (path) => files[path] });
}

/** Loads a configuration that must be right. */
export function loaded(given: Given): LoadedConfig {
  const result = load(given);
  if (!result.ok) throw new Error(result.error.map((error) => error.message).join('\n'));
  return result.value;
}

/** The messages of a configuration that must be refused, one per line. */
export function refusal(given: Given): string {
  const result = load(given);
  if (result.ok) throw new Error('the configuration was accepted');
  return result.error.map((error) => error.message).join('\n');
}

import type { NamedKey } from '../key.js';
import { suggestion } from '../nearest.js';
import type { Given } from '../origin.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The value of a key in the environment, its own name before its aliases. An empty variable counts as unset. */
export function fromEnvironment(env: Environment, named: NamedKey): Given | undefined {
  const own = env[named.env];
  if (own !== undefined && (own.trim() !== '' || named.key.emptyCounts)) {
    return { raw: own.trim() === '' ? '' : own, origin: { kind: 'env', name: named.env } };
  }
  for (const alias of named.key.aliases) {
    const raw = env[alias.env];
    if (raw !== undefined && raw.trim() !== '') {
      return { raw: alias.convert === undefined ? raw : alias.convert(raw.trim()), origin: { kind: 'env', name: alias.env } };
    }
  }
  return undefined;
}

/** One warning for each unknown NEKO_ variable. */
export function unknownVariables(env: Environment, known: readonly string[]): readonly string[] {
  const names = new Set(known);
  return Object.keys(env)
    .filter((name) => name.startsWith('NEKO_') && !names.has(name))
    .map((name) => `${name}: unknown variable${suggestion(name, known)}, it has no effect.`);
}

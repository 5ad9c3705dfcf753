import { isMapping } from '../forms/form.js';
import { isBareNull } from '../forms/unquoted.js';
import { envName, type NamedKey } from '../key.js';
import type { Given } from '../origin.js';
import { KEYS } from '../schema.js';
import { V2_FORMS, V2_NAMES, V2_SECRETS, type V2Name } from '../v2/v2-keys.js';
import { type Environment, fromEnvironment } from './environment.js';
import { type ConfigFile, lookUp } from './file.js';
import type { KnownFlag } from './flags.js';
import { SECRET_FILE_VARIABLES } from './secret-files.js';

/** The sources of settings; the first that has a value wins (SPEC.md CF2). */
export interface Sources {
  readonly flags: ReadonlyMap<string, unknown>;
  readonly env: Environment;
  /** Contents of the files of `NEKO_…_FILE`, by the variable that they stand for. */
  readonly secrets: ReadonlyMap<string, Given>;
  readonly file: ConfigFile | null;
}

/** The strongest v3 value of a key, or undefined for the default. */
export function findV3(sources: Sources, named: NamedKey): Given | undefined {
  const flag = sources.flags.get(named.flag);
  if (flag !== undefined) return { raw: flag, origin: { kind: 'flag', name: named.flag } };
  return fromEnvironment(sources.env, named) ?? sources.secrets.get(named.env) ?? fromFile(sources, named);
}

/** The strongest value of a v2 setting. As in neko, an empty variable is not set. */
export function findV2Name(sources: Sources, name: V2Name): Given | undefined {
  const flag = sources.flags.get(`--${name}`);
  if (flag !== undefined) return { raw: flag, origin: { kind: 'flag', name: `--${name}` } };
  const variable = sources.env[envName(name)];
  if (variable !== undefined && variable.trim() !== '') return { raw: variable, origin: { kind: 'env', name: envName(name) } };
  const secret = sources.secrets.get(envName(name));
  if (secret !== undefined) return secret;
  const raw = sources.file === null ? undefined : lookUp(sources.file.content, name);
  const unset = isMapping(raw) || (isBareNull(raw) && !(V2_SECRETS.has(name) && takesAnyText(V2_FORMS[name])));
  return raw === undefined || unset || sources.file === null
    ? undefined
    : { raw, origin: { kind: 'file', path: sources.file.path, name } };
}

const SHARED_SERVERS = 'webrtc.iceservers';

function fromFile(sources: Sources, named: NamedKey): Given | undefined {
  if (sources.file === null) return undefined;
  const raw = lookUp(sources.file.content, named.path);
  if (raw === undefined) return undefined;
  // Null is not set (SPEC.md CF4); only a secret could be that word, and then it must be quoted.
  if (isBareNull(raw) && !(named.key.sensitive && takesAnyText(named.key.form))) return undefined;
  // The parent of frontend and backend is no server, and a shared list in the environment hides both (SPEC.md CF5).
  if (named.path === SHARED_SERVERS && isMapping(raw) && !('urls' in raw)) return undefined;
  if (named.path.startsWith(`${SHARED_SERVERS}.`) && sources.env[envName(SHARED_SERVERS)]?.trim()) return undefined;
  return { raw, origin: { kind: 'file', path: sources.file.path, name: named.path } };
}

/** All flags, with the properties that their forms give them. */
export const KNOWN_FLAGS: ReadonlyMap<string, KnownFlag> = new Map<string, KnownFlag>([
  ['--config', { flagAlone: false, repeatable: false }],
  ...V2_NAMES.map((name): [string, KnownFlag] => [`--${name}`, wants(V2_FORMS[name])]),
  ...KEYS.map((named): [string, KnownFlag] => [named.flag, wants(named.key.form)]),
]);

/** All known NEKO_ variables. */
export const KNOWN_VARIABLES: readonly string[] = [
  'NEKO_CONFIG',
  ...KEYS.map((named) => named.env),
  ...V2_NAMES.map(envName),
  ...SECRET_FILE_VARIABLES,
];

/** All names allowed in the file. */
export const KNOWN_PATHS: readonly string[] = [...KEYS.map((named) => named.path), ...V2_NAMES];

/** The parents of settings, such as `session` and `session.cookie`. */
export const KNOWN_GROUPS: readonly string[] = [
  ...new Set(
    KEYS.flatMap(({ path }) => path.split('.').map((_, depth, parts) => parts.slice(0, depth).join('.'))).filter(Boolean),
  ),
];

function takesAnyText(form: { readonly anyText?: true }): boolean {
  return form.anyText ?? false;
}

function wants(form: { readonly flagAlone?: true; readonly repeatable?: true }): KnownFlag {
  return { flagAlone: form.flagAlone ?? false, repeatable: form.repeatable ?? false };
}

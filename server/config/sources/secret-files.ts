import { envName } from '../key.js';
import type { ConfigError, Given } from '../origin.js';
import { KEYS } from '../schema.js';
import { V2_NAMES, V2_SECRETS } from '../v2/v2-keys.js';
import type { Environment } from './environment.js';
import type { ReadFile } from './file.js';

const SUFFIX = '_FILE';

const SECRET_VARIABLES: readonly string[] = [
  ...KEYS.filter(({ key }) => key.sensitive).map(({ env }) => env),
  ...[...V2_SECRETS].map(envName),
];

/** The variables that name a file with a secret in it: `NEKO_SESSION_API_TOKEN_FILE` for `NEKO_SESSION_API_TOKEN`. */
export const SECRET_FILE_VARIABLES: readonly string[] = SECRET_VARIABLES.map((name) => `${name}${SUFFIX}`);

const HIDDEN_VARIABLES: ReadonlySet<string> = new Set([
  ...SECRET_VARIABLES,
  ...SECRET_FILE_VARIABLES,
  ...KEYS.filter(({ key }) => key.sensitive).flatMap(({ key }) => key.aliases.map(({ env }) => env)),
]);
const HARMLESS_VARIABLES: ReadonlySet<string> = new Set(
  [...KEYS.map(({ env }) => env), ...V2_NAMES.map(envName), 'NEKO_CONFIG'].filter((name) => !HIDDEN_VARIABLES.has(name)),
);
const SOUNDS_SECRET = /PASS|PWD|SECRET|TOKEN|KEY|CREDENTIAL|AUTH|USERS|SERVERS/i;

/**
 * Whether child processes must not inherit a variable: it holds a secret, or it is an unknown NEKO_ variable whose name looks
 * like that of a secret with a typo.
 */
export function mayHoldSecret(name: string): boolean {
  if (HIDDEN_VARIABLES.has(name)) return true;
  return name.startsWith('NEKO_') && !HARMLESS_VARIABLES.has(name) && SOUNDS_SECRET.test(name);
}

export interface SecretFiles {
  /** Contents by the variable that they stand for. */
  readonly values: ReadonlyMap<string, Given>;
  readonly errors: readonly ConfigError[];
}

/** Reads the files that `NEKO_…_FILE` variables name, as container engines mount them. Messages never show their content. */
export function readSecretFiles(env: Environment, readFile: ReadFile): SecretFiles {
  const values = new Map<string, Given>();
  const errors: ConfigError[] = [];
  for (const name of SECRET_VARIABLES) {
    const variable = `${name}${SUFFIX}`;
    const path = env[variable]?.trim();
    if (!path) continue;
    const refuse = (reason: string) => void errors.push({ key: variable, message: `${variable}: ${reason}` });
    if (env[name]?.trim()) {
      refuse(`${name} is set as well. Leave one of them out.`);
      continue;
    }
    const content = contentOf(path, readFile);
    if (content.text !== undefined) values.set(name, { raw: content.text, origin: { kind: 'env', name: variable } });
    else refuse(`${path} ${content.problem}`);
  }
  return { values, errors };
}

type Content = { readonly text: string } | { readonly text: undefined; readonly problem: string };

function contentOf(path: string, readFile: ReadFile): Content {
  try {
    const text = readFile(path);
    if (text === undefined) return { text: undefined, problem: 'does not exist.' };
    return text.trim() === '' ? { text: undefined, problem: 'is empty.' } : { text };
  } catch (error) {
    // The system's error may hold a path; its code is enough.
    const reason = error instanceof Error ? ('code' in error ? String(error.code) : error.message) : 'unknown reason';
    return { text: undefined, problem: `cannot be read (${reason}).` };
  }
}

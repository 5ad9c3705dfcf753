// Loaded before the server (node --import): sets the variables that applications must not see, and its arguments.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../lib/error-code.mjs';

/** @import { PrivatePart } from '../lib/session/private-environment.mjs' */

/** EX_CONFIG of sysexits.h. */
const CONFIG_EXIT_CODE = 78;
const { SESSION_PRIVATE: folder } = process.env;

/**
 * The file of writePrivate in lib/session/private-environment.mjs; undefined where there is none.
 * @param {string} path
 */
function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT') return undefined;
    console.error(
      `The server's settings in ${path} cannot be read (${code ?? 'not valid'}): they are for the user ` +
        `"${process.env.SESSION_SERVER_USER}" alone. A [program:neko] of your own needs user=%(ENV_SESSION_SERVER_USER)s.`,
    );
    process.exit(CONFIG_EXIT_CODE);
  }
}

if (folder) {
  /** @type {PrivatePart['environment'] | undefined} */
  const environment = read(join(folder, 'environment.json'));
  Object.assign(process.env, environment);
  // Children of the server load this too; the arguments are the server's own.
  /** @type {PrivatePart['args']} */
  const args = process.argv[2] === 'serve' ? read(join(folder, 'arguments.json')) : undefined;
  process.argv.push(...(args ?? []));
}

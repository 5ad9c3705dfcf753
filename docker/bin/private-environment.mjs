// Loaded before the server (node --import): the part of its environment that applications must not see, and its arguments.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** EX_CONFIG of sysexits.h. */
const CONFIG_EXIT_CODE = 78;
const { SESSION_PRIVATE: folder } = process.env;

function read(name) {
  try {
    return JSON.parse(readFileSync(join(folder, name), 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    console.error(
      `The server's settings in ${join(folder, name)} cannot be read (${error.code ?? 'not valid'}): they are for the user ` +
        `"${process.env.SESSION_SERVER_USER}" alone. A [program:neko] of your own needs user=%(ENV_SESSION_SERVER_USER)s.`,
    );
    process.exit(CONFIG_EXIT_CODE);
  }
}

if (folder) {
  Object.assign(process.env, read('environment.json'));
  // Children of the server load this too; the arguments are the server's own.
  if (process.argv[2] === 'serve') process.argv.push(...(read('arguments.json') ?? []));
}

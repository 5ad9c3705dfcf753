// Child processes of the preparing steps: their output is kept for the error, its last line shown as progress.
import { spawn } from 'node:child_process';
import { Stop } from './progress.mjs';

const KEPT_CHARACTERS = 20_000;
const SHOWN_LINES = 30;

/**
 * Runs a program to its end and returns what it printed (stdout and stderr as one text).
 * Rejects with a Stop that shows the last lines (and carries everything as `said`) when it cannot start or fails; `hint`
 * is added to the message.
 */
export function run(program, args, { cwd, env, report, hint = '', input = 'ignore' } = {}) {
  return new Promise((resolve, reject) => {
    let said = '';
    const child = spawn(program, args, { cwd, env, stdio: [input, 'pipe', 'pipe'] });
    const hear = (data) => {
      said = (said + String(data)).slice(-KEPT_CHARACTERS);
      report?.(
        said
          .trimEnd()
          .split(/[\r\n]/)
          .at(-1) ?? '',
      );
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    const fail = (reason) => {
      const tail = said.trimEnd().split('\n').slice(-SHOWN_LINES).join('\n');
      const message = `${tail}\n\n${program} ${args.slice(0, 3).join(' ')}: ${reason}${hint && `\n${hint}`}`;
      reject(Object.assign(new Stop(message), { said }));
    };
    child.once('error', (error) => fail(error.message));
    child.once('close', (code, signal) =>
      code === 0 ? resolve(said) : fail(signal ? `ended by ${signal}` : `failed (${code})`),
    );
  });
}

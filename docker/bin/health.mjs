// The container's health check: asks for /health at the address that the server wrote down. Prints why
// it is unhealthy, for `docker inspect`.
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { join } from 'node:path';
import { errorCode, errorMessage } from '../lib/error-code.mjs';

/** @import { Listening } from '../../server/process/runtime-folder.js' */

const LIMIT_MS = 4_000;
const FILE = join(process.env.SESSION_PRIVATE ?? '/var/lib/neko-server/private', 'listening.json');
/**
 * Loopback addresses of a server that listens on all addresses.
 * @type {Readonly<Record<string, readonly string[]>>}
 */
const ANYWHERE = { '': ['127.0.0.1', '::1'], '0.0.0.0': ['127.0.0.1'], '::': ['::1', '127.0.0.1'] };

/**
 * The failure in words, or undefined.
 * @param {string} host
 * @param {Listening} listening
 * @returns {Promise<string | undefined>}
 */
const ask = (host, { port, tls, path }) =>
  new Promise((resolve) => {
    // The certificate is for the outside name, so it is not verified here.
    const options = { host, port, path, timeout: LIMIT_MS, rejectUnauthorized: false };
    const request = (tls ? https : http).get(options, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200 ? undefined : `answered ${answer.statusCode}`);
    });
    request.once('error', (error) => resolve(error.message));
    request.once('timeout', () => request.destroy(new Error(`no answer within ${LIMIT_MS / 1_000} s`)));
  });

async function check() {
  /** @type {Listening} */
  let address;
  try {
    address = JSON.parse(readFileSync(FILE, 'utf8'));
  } catch (error) {
    return errorCode(error) === 'ENOENT' ? 'the server does not listen yet' : `${FILE}: ${errorMessage(error)}`;
  }
  const { host, port, path } = address;
  /** @type {string[]} */
  const problems = [];
  for (const at of ANYWHERE[host] ?? [host]) {
    const problem = await ask(at, address);
    if (problem === undefined) return undefined;
    problems.push(`${at} port ${port}${path}: ${problem}`);
  }
  return problems.join('; ');
}

const problem = await check();
if (problem !== undefined) console.log(problem);
process.exit(problem === undefined ? 0 : 1);

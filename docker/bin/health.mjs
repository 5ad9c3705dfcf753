// The container's health check: /health of the server, at the port of NEKO_SERVER_BIND, over HTTP and then HTTPS.
import http from 'node:http';
import https from 'node:https';

const LIMIT_MS = 2_000;
const { NEKO_SERVER_BIND = ':8080', NEKO_SERVER_PATH_PREFIX = '' } = process.env;
const port = Number(NEKO_SERVER_BIND.slice(NEKO_SERVER_BIND.lastIndexOf(':') + 1));
const path = `${NEKO_SERVER_PATH_PREFIX.replace(/\/+$/, '')}/health`;

const asks = (protocol) =>
  new Promise((resolve) => {
    // The certificate is for the outside name; here only the answer counts.
    const options = { host: '127.0.0.1', port, path, timeout: LIMIT_MS, rejectUnauthorized: false };
    const request = protocol.get(options, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    request.once('error', () => resolve(false));
    request.once('timeout', () => request.destroy());
  });

process.exit((await asks(http)) || (await asks(https)) ? 0 : 1);

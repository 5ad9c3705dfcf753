import { request } from 'node:http';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { startLocalNginx } from '../../support/servers/local-nginx.js';
import { hasNginx } from '../../support/servers/nginx-configuration.js';
import { Client, Harness } from './support/harness.js';

let harness: Harness;
afterEach(() => harness.close());

/** As neko documents it: the name goes on without its port. */
const NEKO = (upstream: string) => `
      proxy_pass ${upstream};
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection "upgrade";
      proxy_read_timeout 86400;
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Host $host;
      proxy_set_header X-Forwarded-Port $server_port;
      proxy_set_header X-Forwarded-Protocol $scheme;`;
/** As many others have it: what the client wrote goes on before the truth. */
const APPENDING = (upstream: string) => NEKO(upstream).replace('For $remote_addr', 'For $proxy_add_x_forwarded_for');

describe.skipIf(!hasNginx)('behind nginx', () => {
  async function behind(block: (upstream: string) => string, trustedProxies: readonly string[]): Promise<string> {
    harness = await Harness.start({ server: { trustedProxies } });
    const nginx = await startLocalNginx(block(harness.base));
    onTestFinished(() => nginx.stop());
    return `http://127.0.0.1:${nginx.port}`;
  }

  function open(page: string, origin: string, token: string): Client {
    const socket = new WebSocket(`${page.replace('http', 'ws')}/api/ws`, ['neko.v3', `neko.token.${token}`], { origin });
    onTestFinished(() => socket.terminate());
    return new Client(socket);
  }

  test("neko's block on a port of its own: our page may open the WebSocket, with its token beside it; others may not", async () => {
    const page = await behind(NEKO, ['127.0.0.1']);
    const { token, id } = await harness.login('user');
    await open(page, page, token).seen('session/state', (payload) => JSON.stringify(payload).includes(id));
    const foreign = open(page, 'http://127.0.0.1:1', token);
    expect(await foreign.until(() => foreign.status ?? undefined, 'an answer')).toBe(400);
  });

  test.each([NEKO, APPENDING])('a client cannot choose its address by headers of its own', async (block) => {
    const page = await behind(block, ['127.0.0.1']);
    const forged = { 'x-forwarded-for': '192.0.2.9', 'true-client-ip': '192.0.2.9', 'x-real-ip': '192.0.2.9' };
    const body = JSON.stringify({ username: 'x', password: 'wrong' });
    // Not from the address that is trusted: what stands there counts as a proxy.
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const options = { method: 'POST', headers: forged, localAddress: '127.0.0.2' };
      const asked = request(`${page}/api/login`, options, (response) => resolve(response.resume().statusCode));
      asked.on('error', reject);
      asked.end(body);
    });
    expect(status).toBe(401);
    const log = harness.logged.join('\n');
    expect(log).not.toContain('192.0.2.9');
    expect(log).toContain('"127.0.0.2"');
  });
});

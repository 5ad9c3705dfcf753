import { expect, onTestFinished, test } from 'vitest';
import { ServerProcess, serverEnv } from '../../support/servers/server-process.js';

test('a Node.js without a symbol of OpenSSL: the server says so in one line, and that it need not be started again', async () => {
  const server = new ServerProcess({
    env: {
      ...serverEnv({ display: ':2999', pulseServer: '/nowhere' }, '127.0.0.1:0'),
      NODE_OPTIONS: `--import=${new URL('../../support/faults/without-symbol.mjs', import.meta.url)}`,
      MISSING_SYMBOL: 'SSL_export_keying_material',
    },
  });
  onTestFinished(() => void server.stop());
  await expect(server.start()).rejects.toThrow();
  // EX_CONFIG, at which whoever keeps the server running lets it be.
  expect(server.exitCode).toBe(78);
  expect(server.output).toMatch(/^DTLS cannot be had from this Node\.js \(v\S+\): .*SSL_export_keying_material.*\n$/);
});

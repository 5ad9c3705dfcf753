import type * as Koffi from 'koffi';
import { expect, test, vi } from 'vitest';
import { ok, type Result } from '../../../server/lib/result.js';
import { loadOpenSslCalls } from '../../../server/native/openssl-calls.js';
import { createCertificate } from '../../../server/webrtc/transport/certificate.js';
import { dtlsProblem } from '../../../server/webrtc/transport/dtls-problem.js';

const missing = vi.hoisted(() => ({ name: '' }));

/** The real one, but that Node's executable exports one symbol less. */
vi.mock('../../../server/native/load-koffi.js', async (original) => {
  const { loadKoffi } = await original<{ loadKoffi(): Result<typeof Koffi> }>();
  return {
    loadKoffi() {
      const koffi = loadKoffi();
      if (!koffi.ok) return koffi;
      const library = koffi.value.load(null);
      const func = (name: string, ...rest: unknown[]) => {
        if (name === missing.name) throw new Error(`Cannot find function '${name}' in shared library`);
        return Reflect.apply(library.func, library, [name, ...rest]);
      };
      return ok({ ...koffi.value, load: () => ({ func }) });
    },
  };
});

test.each(['OpenSSL_version_num', 'DTLS_method', 'SSL_CTX_new'])(
  'a Node that does not export %s is an error that names it',
  async (name) => {
    missing.name = name;
    const calls = loadOpenSslCalls();
    expect(calls.ok ? '' : calls.error).toContain(name);
    expect(createCertificate).toThrow(new RegExp(`^DTLS cannot be had from this Node.js \\(${process.version}\\): .*${name}`));
    expect(await dtlsProblem()).toContain(name);
    missing.name = '';
    expect(await dtlsProblem()).toBeUndefined();
    expect(createCertificate().fingerprint.algorithm).toBe('sha-256');
  },
);

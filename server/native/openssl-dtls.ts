import { err, ok, type Result } from '../lib/result.js';
import { DtlsSession, type DtlsSessionOptions, scratch } from './dtls-session.js';
import { loadOpenSslCalls, type OpenSslCalls } from './openssl-calls.js';

/** One certificate ready to shake hands with, in either role; it lasts as long as the process. */
export interface DtlsContext {
  session(options: DtlsSessionOptions): DtlsSession;
}

/** What a context is made of, both as DER: a certificate, and its P-256 key in SEC 1 form. */
export interface DtlsCredentials {
  readonly certificate: Buffer;
  readonly privateKey: Buffer;
}

/** Macros of OpenSSL 3 (ssl.h, tls1.h, evp.h). */
const SET_SESSION_CACHE_MODE = 44;
const SET_MAX_CERTIFICATE_LIST = 51;
const SET_GROUPS_LIST = 92;
const SET_MIN_VERSION = 123;
const SET_MAX_VERSION = 124;
const DTLS_1_2 = 0xfefd;
const KEY_TYPE_EC = 408;
const VERIFY_PEER_AND_REQUIRE_IT = 1 | 2;
/** NO_QUERY_MTU, NO_TICKET, NO_COMPRESSION, CIPHER_SERVER_PREFERENCE, NO_RENEGOTIATION. */
const OPTIONS = (1n << 12n) | (1n << 14n) | (1n << 17n) | (1n << 22n) | (1n << 30n);
/** Every browser supports the first one (RFC 8827 section 6.5). */
const CIPHERS = 'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384';
const GROUPS = Buffer.from('X25519:P-256:P-384\0');
/** A browser's certificate has 300 to 1,500 bytes; a longer message is refused before it is put together. */
const MAX_CERTIFICATE_BYTES = 16 * 1024;
/** The default of 1 s would make a lost flight felt. The same numbers as libwebrtc's. */
const FIRST_TIMEOUT_US = 50_000;
const LONGEST_TIMEOUT_US = 3_000_000;

let callbacks: { readonly accept: number; readonly timer: number } | undefined;

/**
 * The DTLS of the OpenSSL inside Node's own executable; the error says why there is none. DTLS 1.2 alone, GCM first, no
 * renegotiation, no resumption, no compression, and a peer without a certificate is refused.
 */
export function openDtlsContext(credentials: DtlsCredentials): Result<DtlsContext> {
  const calls = loadOpenSslCalls();
  if (!calls.ok) return calls;
  const ssl = calls.value;
  ssl.clearErrors();
  const context = ssl.contextNew(ssl.method());
  if (context === 0 || !configure(ssl, context, credentials)) {
    const reason = ssl.errorText(ssl.nextError()) ?? 'no reason given';
    ssl.contextFree(context);
    ssl.clearErrors();
    return err(`OpenSSL refuses the DTLS context: ${reason}`);
  }
  const { timer } = nativeCallbacks(ssl);
  return ok({ session: (options) => new DtlsSession(ssl, context, timer, options) });
}

/** Called by OpenSSL itself, always within a call of ours on this thread. */
function nativeCallbacks(ssl: OpenSslCalls) {
  callbacks ??= {
    accept: ssl.callback('int', ['uintptr_t', 'uintptr_t'], () => 1),
    timer: ssl.callback('uint', ['uintptr_t', 'uint'], (_ssl, lastUs = 0) =>
      lastUs === 0 ? FIRST_TIMEOUT_US : Math.min(lastUs * 2, LONGEST_TIMEOUT_US),
    ),
  };
  return callbacks;
}

function configure(ssl: OpenSslCalls, context: number, { certificate, privateKey }: DtlsCredentials): boolean {
  ssl.setOptions(context, OPTIONS);
  ssl.contextControl(context, SET_SESSION_CACHE_MODE, 0, 0);
  ssl.contextControl(context, SET_MAX_CERTIFICATE_LIST, MAX_CERTIFICATE_BYTES, 0);
  // WebRTC trusts the fingerprint in the description (RFC 8827 section 6.5), so no certificate chain is built or checked.
  ssl.setVerify(context, VERIFY_PEER_AND_REQUIRE_IT, 0);
  ssl.setVerifyCallback(context, nativeCallbacks(ssl).accept, 0);
  const done =
    ssl.contextControl(context, SET_MIN_VERSION, DTLS_1_2, 0) === 1 &&
    ssl.contextControl(context, SET_MAX_VERSION, DTLS_1_2, 0) === 1 &&
    ssl.contextControl(context, SET_GROUPS_LIST, 0, lend(GROUPS)) === 1 &&
    ssl.setCiphers(context, CIPHERS) === 1 &&
    ssl.useCertificate(context, certificate.length, lend(certificate)) === 1 &&
    ssl.usePrivateKey(KEY_TYPE_EC, context, lend(privateKey), privateKey.length) === 1;
  scratch().bytes.fill(0);
  return done;
}

/** The address of a copy that lasts until the next one. */
function lend(bytes: Buffer): number {
  const { address, bytes: memory } = scratch();
  if (bytes.length > memory.length) throw new Error(`${bytes.length} bytes do not fit into the scratch memory`);
  bytes.copy(memory);
  return address;
}

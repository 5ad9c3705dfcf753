import type * as Koffi from 'koffi';
import { err, ok, type Result } from '../lib/result.js';
import { loadKoffi } from './load-koffi.js';

type Native = (...args: number[]) => number;

/** The functions of the OpenSSL inside Node that DTLS needs, one to one. Pointers are plain numbers; the caller owns what it gets. */
export interface OpenSslCalls {
  readonly method: Native;
  readonly contextNew: Native;
  readonly contextFree: Native;
  readonly contextControl: Native;
  readonly setOptions: (context: number, options: bigint) => bigint;
  readonly setCiphers: (context: number, list: string) => number;
  readonly useCertificate: Native;
  readonly usePrivateKey: Native;
  readonly setVerify: Native;
  readonly setVerifyCallback: Native;
  readonly sslNew: Native;
  readonly sslFree: Native;
  readonly control: Native;
  readonly setBio: Native;
  readonly setAcceptState: Native;
  readonly setConnectState: Native;
  readonly setTimerCallback: Native;
  /** Zero is success, unlike everywhere else. */
  readonly useSrtp: (ssl: number, profiles: string) => number;
  readonly handshake: Native;
  readonly read: Native;
  readonly write: Native;
  readonly shutdown: Native;
  readonly why: Native;
  readonly selectedSrtp: Native;
  readonly peerCertificate: Native;
  readonly exportKeys: (
    ssl: number,
    out: number,
    length: number,
    label: string,
    labelLength: number,
    context: number,
    contextLength: number,
    useContext: number,
  ) => number;
  readonly digestOf: Native;
  readonly certificateFree: Native;
  readonly digests: Readonly<Record<DigestName, number>>;
  readonly memoryBio: Native;
  readonly bioNew: Native;
  readonly bioFree: Native;
  readonly bioControl: Native;
  readonly bioRead: Native;
  readonly bioWrite: Native;
  readonly clearErrors: Native;
  readonly nextError: Native;
  readonly errorText: (code: number) => string | null;
  /** The C `long` at an address. */
  longAt(address: number): number;
  /** Turns a function into one that OpenSSL can call for as long as the process lives. */
  callback(result: string, parameters: readonly string[], run: (...args: number[]) => number): number;
}

export type DigestName = 'sha-256' | 'sha-384' | 'sha-512';

/** Every OpenSSL 3; its macros have the same numbers in all of them. */
const OLDEST = 0x3000_0000;

/** Binds OpenSSL's functions, or says what this Node.js lacks. */
export function loadOpenSslCalls(): Result<OpenSslCalls> {
  const koffi = loadKoffi();
  if (!koffi.ok) return koffi;
  try {
    return bindAll(koffi.value);
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
}

function bindAll(koffi: typeof Koffi): Result<OpenSslCalls> {
  // A null path means the symbols of the running executable and of the libraries it is linked to.
  const library = koffi.load(null);
  const bind = (name: string, result: string, ...parameters: string[]) => library.func(name, result, parameters);
  const version: Native = bind('OpenSSL_version_num', 'ulong');
  if (version() < OLDEST) return err(`its OpenSSL is older than 3.0 (${version().toString(16)})`);
  return ok({
    ...contextCalls(bind),
    ...sessionCalls(bind),
    ...otherCalls(bind),
    longAt: (address) => Number(koffi.decode(BigInt(address), 'long')),
    callback: (result, parameters, run) => Number(koffi.register(run, koffi.pointer(koffi.proto(null, result, [...parameters])))),
  });
}

type Bind = (name: string, result: string, ...parameters: string[]) => ReturnType<Koffi.LibraryHandle['func']>;

const pointer = 'uintptr_t';

function contextCalls(bind: Bind) {
  return {
    method: bind('DTLS_method', pointer),
    contextNew: bind('SSL_CTX_new', pointer, pointer),
    contextFree: bind('SSL_CTX_free', 'void', pointer),
    contextControl: bind('SSL_CTX_ctrl', 'long', pointer, 'int', 'long', pointer),
    setOptions: bind('SSL_CTX_set_options', 'uint64_t', pointer, 'uint64_t'),
    setCiphers: bind('SSL_CTX_set_cipher_list', 'int', pointer, 'str'),
    useCertificate: bind('SSL_CTX_use_certificate_ASN1', 'int', pointer, 'int', pointer),
    usePrivateKey: bind('SSL_CTX_use_PrivateKey_ASN1', 'int', 'int', pointer, pointer, 'long'),
    setVerify: bind('SSL_CTX_set_verify', 'void', pointer, 'int', pointer),
    setVerifyCallback: bind('SSL_CTX_set_cert_verify_callback', 'void', pointer, pointer, pointer),
  };
}

function sessionCalls(bind: Bind) {
  return {
    sslNew: bind('SSL_new', pointer, pointer),
    sslFree: bind('SSL_free', 'void', pointer),
    control: bind('SSL_ctrl', 'long', pointer, 'int', 'long', pointer),
    setBio: bind('SSL_set_bio', 'void', pointer, pointer, pointer),
    setAcceptState: bind('SSL_set_accept_state', 'void', pointer),
    setConnectState: bind('SSL_set_connect_state', 'void', pointer),
    setTimerCallback: bind('DTLS_set_timer_cb', 'void', pointer, pointer),
    useSrtp: bind('SSL_set_tlsext_use_srtp', 'int', pointer, 'str'),
    handshake: bind('SSL_do_handshake', 'int', pointer),
    read: bind('SSL_read', 'int', pointer, pointer, 'int'),
    write: bind('SSL_write', 'int', pointer, pointer, 'int'),
    shutdown: bind('SSL_shutdown', 'int', pointer),
    why: bind('SSL_get_error', 'int', pointer, 'int'),
    selectedSrtp: bind('SSL_get_selected_srtp_profile', pointer, pointer),
    peerCertificate: bind('SSL_get1_peer_certificate', pointer, pointer),
    exportKeys: bind(
      'SSL_export_keying_material',
      'int',
      ...[pointer, pointer, 'size_t', 'str', 'size_t', pointer, 'size_t', 'int'],
    ),
  };
}

function otherCalls(bind: Bind) {
  return {
    digestOf: bind('X509_digest', 'int', pointer, pointer, pointer, pointer),
    certificateFree: bind('X509_free', 'void', pointer),
    digests: {
      'sha-256': bind('EVP_sha256', pointer)(),
      'sha-384': bind('EVP_sha384', pointer)(),
      'sha-512': bind('EVP_sha512', pointer)(),
    },
    memoryBio: bind('BIO_s_mem', pointer),
    bioNew: bind('BIO_new', pointer, pointer),
    bioFree: bind('BIO_free', 'int', pointer),
    bioControl: bind('BIO_ctrl', 'long', pointer, 'int', 'long', pointer),
    bioRead: bind('BIO_read', 'int', pointer, pointer, 'int'),
    bioWrite: bind('BIO_write', 'int', pointer, pointer, 'int'),
    clearErrors: bind('ERR_clear_error', 'void'),
    nextError: bind('ERR_get_error', 'ulong'),
    errorText: bind('ERR_reason_error_string', 'str', 'ulong'),
  };
}

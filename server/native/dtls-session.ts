import { type Arena, allocateArena } from './arena.js';
import type { DigestName, OpenSslCalls } from './openssl-calls.js';

export interface DtlsSessionOptions {
  readonly role: 'server' | 'client';
  /** OpenSSL's names of SRTP profiles, best first, separated by colons. */
  readonly srtpProfiles: string;
  /** No datagram of a flight is longer. */
  readonly mtu: number;
}

export type HandshakeProgress = { readonly kind: 'done' | 'waiting' } | { readonly kind: 'failed'; readonly reason: string };

/** The result of `read`: bytes of the peer, nothing (yet), its close_notify, or that the association is broken. */
export type DtlsReading = Buffer | 'nothing' | 'farewell' | 'broken';

/** Macros of OpenSSL 3 (ssl.h, bio.h). */
const SET_MTU = 17;
const GET_TIMEOUT = 73;
const HANDLE_TIMEOUT = 74;
const SET_MEM_EOF_RETURN = 130;
const WANT_READ = 2;
const WANT_WRITE = 3;
const ZERO_RETURN = 6;
const KEY_LABEL = 'EXTRACTOR-dtls_srtp';
/** Offset of the number in SRTP_PROTECTION_PROFILE (srtp.h), behind the address of the name. */
const PROFILE_ID_OFFSET = 8;
const SCRATCH_BYTES = 18 * 1024;
const RECORD_HEADER_BYTES = 13;
/** The longest plaintext of one record (RFC 6347 section 4.1.1). */
const MAX_RECORD_BYTES = 16_384;

let memory: Arena | undefined;

/** Bytes that a native call reads or writes; they hold until the next call. */
export function scratch(): Arena {
  memory ??= allocateArena(SCRATCH_BYTES);
  return memory;
}

/**
 * One DTLS association inside OpenSSL, without sockets and timers: received datagrams go into `receive`, datagrams to send come
 * out of `takeDatagrams`. Its owner must call `free`; any use after that throws.
 */
export class DtlsSession {
  readonly #ssl: OpenSslCalls;
  readonly #mtu: number;
  /** The SSL and its two BIOs, which it owns; 0 once freed. */
  #handle: number;
  readonly #inbound: number;
  readonly #outbound: number;

  constructor(ssl: OpenSslCalls, context: number, timer: number, { role, srtpProfiles, mtu }: DtlsSessionOptions) {
    this.#ssl = ssl;
    this.#mtu = mtu;
    this.#handle = ssl.sslNew(context);
    this.#inbound = ssl.bioNew(ssl.memoryBio());
    this.#outbound = ssl.bioNew(ssl.memoryBio());
    if (this.#handle === 0 || this.#inbound === 0 || this.#outbound === 0) throw new Error('OpenSSL is out of memory');
    for (const bio of [this.#inbound, this.#outbound]) ssl.bioControl(bio, SET_MEM_EOF_RETURN, -1, 0);
    ssl.setBio(this.#handle, this.#inbound, this.#outbound);
    ssl.control(this.#handle, SET_MTU, mtu, 0);
    ssl.setTimerCallback(this.#handle, timer);
    if (ssl.useSrtp(this.#handle, srtpProfiles) !== 0) {
      this.free();
      throw new Error(`OpenSSL does not know the SRTP profiles ${srtpProfiles}`);
    }
    if (role === 'server') ssl.setAcceptState(this.#handle);
    else ssl.setConnectState(this.#handle);
  }

  /** Puts in one datagram; `handshake` or `read` is to follow before the next one. */
  receive(datagram: Buffer): void {
    this.#use();
    const { bytes, address } = scratch();
    const length = datagram.copy(bytes);
    this.#ssl.bioWrite(this.#inbound, address, length);
  }

  handshake(): HandshakeProgress {
    const handle = this.#use();
    const result = this.#ssl.handshake(handle);
    if (result === 1) return { kind: 'done' };
    const why = this.#ssl.why(handle, result);
    if (why === WANT_READ || why === WANT_WRITE) return { kind: 'waiting' };
    return { kind: 'failed', reason: this.#reason() };
  }

  /** One record of the peer's data. */
  read(): DtlsReading {
    const handle = this.#use();
    const { bytes, address } = scratch();
    const length = this.#ssl.read(handle, address, MAX_RECORD_BYTES);
    if (length > 0) return Buffer.from(bytes.subarray(0, length));
    const why = this.#ssl.why(handle, length);
    this.#ssl.clearErrors();
    if (why === WANT_READ || why === WANT_WRITE) return 'nothing';
    return why === ZERO_RETURN ? 'farewell' : 'broken';
  }

  /** Seals one record. Returns false when it is too long, or the association is closed. */
  write(data: Uint8Array): boolean {
    const handle = this.#use();
    if (data.length === 0 || data.length > MAX_RECORD_BYTES) return false;
    const { bytes, address } = scratch();
    bytes.set(data);
    const done = this.#ssl.write(handle, address, data.length) === data.length;
    this.#ssl.clearErrors();
    return done;
  }

  /** Seals the close_notify. */
  shutdown(): void {
    this.#ssl.shutdown(this.#use());
    this.#ssl.clearErrors();
  }

  /** The datagrams to send, each of as many whole records as fit. */
  takeDatagrams(): Buffer[] {
    this.#use();
    const { bytes, address } = scratch();
    const parts: Buffer[] = [];
    for (;;) {
      const length = this.#ssl.bioRead(this.#outbound, address, bytes.length);
      if (length <= 0) break;
      parts.push(Buffer.from(bytes.subarray(0, length)));
    }
    return parts.length === 0 ? [] : cutAtRecords(parts.length === 1 ? parts[0]! : Buffer.concat(parts), this.#mtu);
  }

  /** When to repeat the last flight, in ms from now; undefined when no answer is awaited. */
  timeoutMs(): number | undefined {
    const { bytes, address } = scratch();
    if (this.#ssl.control(this.#use(), GET_TIMEOUT, 0, address) !== 1) return undefined;
    return Number(bytes.readBigInt64LE(0)) * 1000 + Math.ceil(Number(bytes.readBigInt64LE(8)) / 1000);
  }

  /** Repeats a flight whose time is up; false when that was done too often. */
  handleTimeout(): boolean {
    const result = this.#ssl.control(this.#use(), HANDLE_TIMEOUT, 0, 0);
    this.#ssl.clearErrors();
    return result >= 0;
  }

  /** The digest of the certificate whose key the peer has proved to hold; undefined when there is none. */
  peerDigest(algorithm: DigestName): Buffer | undefined {
    const certificate = this.#ssl.peerCertificate(this.#use());
    if (certificate === 0) return undefined;
    const { bytes, address } = scratch();
    const done = this.#ssl.digestOf(certificate, this.#ssl.digests[algorithm], address, address + 64) === 1;
    this.#ssl.certificateFree(certificate);
    return done ? Buffer.from(bytes.subarray(0, bytes.readUInt32LE(64))) : undefined;
  }

  /** The number of the SRTP profile agreed to (RFC 5764 section 4.1.2), if any. */
  srtpProfile(): number | undefined {
    const profile = this.#ssl.selectedSrtp(this.#use());
    return profile === 0 ? undefined : this.#ssl.longAt(profile + PROFILE_ID_OFFSET);
  }

  /** Keying material of SRTP (RFC 5764 section 4.2), `length` bytes. */
  exportSrtpKeys(length: number): Buffer {
    const { bytes, address } = scratch();
    if (this.#ssl.exportKeys(this.#use(), address, length, KEY_LABEL, KEY_LABEL.length, 0, 0, 0) !== 1)
      throw new Error('OpenSSL exports no keys');
    const keys = Buffer.from(bytes.subarray(0, length));
    bytes.fill(0, 0, length);
    return keys;
  }

  /** Gives its memory back; idempotent. */
  free(): void {
    const handle = this.#handle;
    this.#handle = 0;
    if (handle !== 0) this.#ssl.sslFree(handle);
  }

  /** Node's own TLS shares this thread's queue of errors: it is emptied before a call that may look at it. */
  #use(): number {
    if (this.#handle === 0) throw new Error('DTLS session used after it was freed');
    this.#ssl.clearErrors();
    return this.#handle;
  }

  #reason(): string {
    const text = this.#ssl.errorText(this.#ssl.nextError());
    this.#ssl.clearErrors();
    return text ?? 'no reason given';
  }
}

/** A memory BIO forgets where datagrams ended: records (RFC 6347 section 4.1) are put together again, up to the path's MTU. */
export function cutAtRecords(bytes: Buffer, mtu: number): Buffer[] {
  const datagrams: Buffer[] = [];
  let start = 0;
  for (let at = 0; at < bytes.length; ) {
    const end = at + RECORD_HEADER_BYTES + bytes.readUInt16BE(at + 11);
    if (end - start > mtu && at > start) {
      datagrams.push(bytes.subarray(start, at));
      start = at;
    }
    at = end;
  }
  datagrams.push(bytes.subarray(start));
  return datagrams;
}

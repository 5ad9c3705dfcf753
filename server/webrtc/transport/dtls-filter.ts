import { DTLS_LIMITS } from '../limits.js';

/** Content types of the record layer (RFC 5246 section 6.2.1). */
const CHANGE_CIPHER_SPEC = 20;
const HANDSHAKE = 22;
const APPLICATION_DATA = 23;

const RECORD_HEADER_BYTES = 13;
const MESSAGE_HEADER_BYTES = 12;
/** A ClientHello begins with its version and its random (RFC 5246 section 7.4.1.2). */
const RANDOM_OFFSET = MESSAGE_HEADER_BYTES + 2;
const RANDOM_BYTES = 32;
const CLIENT_HELLO = 1;
/** What the other side sends in the clear (RFC 6347 section 4.3.2): to a server, and to a client. */
const MESSAGES = { server: [CLIENT_HELLO, 11, 15, 16], client: [2, 3, 11, 12, 13, 14] } as const;

/** AES-GCM adds a nonce of 8 and a tag of 16 bytes (RFC 5288 section 3) to at least one byte; OpenSSL gives up over less. */
const MIN_SEALED_BYTES = 25;

/** A handshake has five messages each way, and one more where the hello is repeated. */
const MAX_SEQUENCE = 7;

/** CertificateVerify, and ServerHelloDone. */
const LAST_MESSAGE = { server: 15, client: 14 } as const;

export interface HandshakeDatagram {
  /** The records that may matter to a handshake, or undefined when there are none. */
  readonly pass: Buffer | undefined;
  /** Of the ClientHello in it. */
  readonly clientRandom: Buffer | undefined;
  /** It has something that only comes after a ClientHello was answered. */
  readonly goesOn: boolean;
  /** What the other side sends before it changes to its keys was there, in this datagram or before. */
  readonly isComplete: boolean;
}

/**
 * Reads one datagram while keys are being agreed to, when nothing of it is authenticated yet. Plaintext alerts and application
 * data are dropped (RFC 6347 section 4.1.2.7), like whatever cannot be part of a handshake: OpenSSL would give up over some of
 * it, and anyone could have sent it. A ChangeCipherSpec that is early would leave OpenSSL waiting for ever. Pure.
 */
export function filterHandshake(datagram: Buffer, role: 'server' | 'client', wasComplete: boolean): HandshakeDatagram {
  let isComplete = wasComplete;
  const passed = recordsOf(datagram).filter((record) => {
    if (!mayMatter(record, role)) return false;
    isComplete ||= isPlain(record, HANDSHAKE) && messageTypes(record).includes(LAST_MESSAGE[role]);
    return isComplete || !isPlain(record, CHANGE_CIPHER_SPEC);
  });
  const randoms = passed.map(randomOf);
  return {
    pass: joined(passed),
    clientRandom: randoms.find((random) => random !== undefined),
    goesOn: randoms.includes(undefined),
    isComplete,
  };
}

/** The records of a datagram that can be under keys; once there are keys, nothing else means anything. Pure. */
export function sealedRecords(datagram: Buffer): Buffer | undefined {
  const records = recordsOf(datagram);
  const sealed = records.filter(isSealed);
  return sealed.length === records.length && sealed.length === 1 ? sealed[0] : joined(sealed);
}

/** The records of a datagram up to the first that is cut off. */
function recordsOf(datagram: Buffer): Buffer[] {
  const records: Buffer[] = [];
  for (let at = 0; at + RECORD_HEADER_BYTES <= datagram.length; ) {
    const end = at + RECORD_HEADER_BYTES + datagram.readUInt16BE(at + 11);
    if (end > datagram.length) break;
    records.push(datagram.subarray(at, end));
    at = end;
  }
  return records;
}

function joined(records: readonly Buffer[]): Buffer | undefined {
  return records.length <= 1 ? records[0] : Buffer.concat(records);
}

function isPlain(record: Buffer, type: number): boolean {
  return record[0] === type && record.readUInt16BE(3) === 0;
}

/** The types of the handshake messages in a well-formed record. */
function messageTypes(record: Buffer): number[] {
  const types: number[] = [];
  for (let at = RECORD_HEADER_BYTES; at < record.length; at += MESSAGE_HEADER_BYTES + record.readUIntBE(at + 9, 3))
    types.push(record[at]!);
  return types;
}

function isSealed(record: Buffer): boolean {
  return record[1] === 0xfe && record.readUInt16BE(3) > 0 && record.length >= RECORD_HEADER_BYTES + MIN_SEALED_BYTES;
}

function mayMatter(record: Buffer, role: 'server' | 'client'): boolean {
  const type = record[0]!;
  if (record[1] !== 0xfe || type < CHANGE_CIPHER_SPEC || type > APPLICATION_DATA) return false;
  if (record.readUInt16BE(3) > 0) return isSealed(record);
  const fragment = record.subarray(RECORD_HEADER_BYTES);
  if (type === CHANGE_CIPHER_SPEC) return fragment.length === 1 && fragment[0] === 1;
  return type === HANDSHAKE && fragment.length > 0 && isMessages(fragment, role);
}

/** Whether the fragment is whole handshake messages, or parts of them, that the other side sends (RFC 6347 section 4.2.2). */
function isMessages(fragment: Buffer, role: 'server' | 'client'): boolean {
  for (let at = 0; at < fragment.length; ) {
    if (at + MESSAGE_HEADER_BYTES > fragment.length) return false;
    const [length, offset, part] = [1, 6, 9].map((field) => fragment.readUIntBE(at + field, 3));
    const isKnown = MESSAGES[role].some((type) => type === fragment[at]) && fragment.readUInt16BE(at + 4) <= MAX_SEQUENCE;
    if (!isKnown || length! > DTLS_LIMITS.message.value || offset! + part! > length! || (part === 0 && length !== 0))
      return false;
    at += MESSAGE_HEADER_BYTES + part!;
    if (at > fragment.length) return false;
  }
  return true;
}

function randomOf(record: Buffer): Buffer | undefined {
  if (!isPlain(record, HANDSHAKE)) return undefined;
  const message = record.subarray(RECORD_HEADER_BYTES);
  const isWhole = message[0] === CLIENT_HELLO && message.readUIntBE(6, 3) === 0;
  return isWhole && message.length >= RANDOM_OFFSET + RANDOM_BYTES
    ? message.subarray(RANDOM_OFFSET, RANDOM_OFFSET + RANDOM_BYTES)
    : undefined;
}

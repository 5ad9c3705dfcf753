/** Content types of the record layer (RFC 5246 section 6.2.1). */
const CHANGE_CIPHER_SPEC = 20;
const ALERT = 21;
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

export interface HandshakeDatagram {
  /** The records that may matter to a handshake, or undefined when there are none. */
  readonly pass: Buffer | undefined;
  /** Of the ClientHello in it. */
  readonly clientRandom: Buffer | undefined;
  /** It has something that only comes after a ClientHello was answered. */
  readonly goesOn: boolean;
}

/**
 * Reads one datagram while keys are being agreed to, when nothing of it is authenticated yet. Plaintext alerts and application
 * data are dropped (RFC 6347 section 4.1.2.7), like whatever cannot be part of a handshake: OpenSSL would give up over some of
 * it, and anyone could have sent it. Records under keys pass, since OpenSSL checks those. Pure.
 */
export function filterHandshake(datagram: Buffer, role: 'server' | 'client'): HandshakeDatagram {
  const passed: Buffer[] = [];
  let clientRandom: Buffer | undefined;
  let goesOn = false;
  for (let at = 0; at + RECORD_HEADER_BYTES <= datagram.length; ) {
    const end = at + RECORD_HEADER_BYTES + datagram.readUInt16BE(at + 11);
    if (end > datagram.length) break;
    const record = datagram.subarray(at, end);
    at = end;
    if (!mayMatter(record, role)) continue;
    passed.push(record);
    const random = randomOf(record);
    clientRandom ??= random;
    goesOn ||= random === undefined;
  }
  if (passed.length === 0) return { pass: undefined, clientRandom: undefined, goesOn: false };
  return { pass: passed.length === 1 ? passed[0]! : Buffer.concat(passed), clientRandom, goesOn };
}

function mayMatter(record: Buffer, role: 'server' | 'client'): boolean {
  const type = record[0]!;
  const [isDtls, epoch] = [record[1] === 0xfe, record.readUInt16BE(3)];
  const fragment = record.subarray(RECORD_HEADER_BYTES);
  if (!isDtls || type < CHANGE_CIPHER_SPEC || type > APPLICATION_DATA || fragment.length === 0) return false;
  if (epoch > 0) return true;
  if (type === CHANGE_CIPHER_SPEC) return fragment.length === 1 && fragment[0] === 1;
  if (type === ALERT || type === APPLICATION_DATA) return false;
  return isMessages(fragment, role);
}

/** Whether the fragment is whole handshake messages, or parts of them, that the other side sends (RFC 6347 section 4.2.2). */
function isMessages(fragment: Buffer, role: 'server' | 'client'): boolean {
  for (let at = 0; at < fragment.length; ) {
    if (at + MESSAGE_HEADER_BYTES > fragment.length) return false;
    const [length, offset, part] = [1, 6, 9].map((field) => fragment.readUIntBE(at + field, 3));
    const isKnown = MESSAGES[role].some((type) => type === fragment[at]);
    if (!isKnown || offset! + part! > length! || (part === 0 && length !== 0)) return false;
    at += MESSAGE_HEADER_BYTES + part!;
    if (at > fragment.length) return false;
  }
  return true;
}

function randomOf(record: Buffer): Buffer | undefined {
  if (record[0] !== HANDSHAKE || record.readUInt16BE(3) > 0) return undefined;
  const message = record.subarray(RECORD_HEADER_BYTES);
  const isWhole = message[0] === CLIENT_HELLO && message.readUIntBE(6, 3) === 0;
  return isWhole && message.length >= RANDOM_OFFSET + RANDOM_BYTES
    ? message.subarray(RANDOM_OFFSET, RANDOM_OFFSET + RANDOM_BYTES)
    : undefined;
}

import { addressBytes, addressText, type TransportAddress, withoutZone } from '../address.js';

/** The attributes that we read and write; the others are listed by number where they must be understood. Pure. */
export interface StunAttributes {
  username?: string;
  realm?: string;
  nonce?: string;
  software?: string;
  mappedAddress?: TransportAddress;
  xorMappedAddress?: TransportAddress;
  xorRelayedAddress?: TransportAddress;
  xorPeerAddress?: TransportAddress;
  priority?: number;
  useCandidate?: boolean;
  iceControlled?: bigint;
  iceControlling?: bigint;
  errorCode?: { readonly code: number; readonly reason: string };
  unknownAttributes?: readonly number[];
  lifetimeSeconds?: number;
  /** An IP protocol number, 17 for UDP. */
  requestedTransport?: number;
  channelNumber?: number;
  data?: Buffer;
}

/** Wire codes: RFC 8489 section 18.3, RFC 8656 section 18, RFC 8445 section 16.1. */
const CODES: Readonly<Record<keyof StunAttributes, number>> = {
  mappedAddress: 0x0001,
  username: 0x0006,
  errorCode: 0x0009,
  unknownAttributes: 0x000a,
  channelNumber: 0x000c,
  lifetimeSeconds: 0x000d,
  xorPeerAddress: 0x0012,
  data: 0x0013,
  realm: 0x0014,
  nonce: 0x0015,
  xorRelayedAddress: 0x0016,
  requestedTransport: 0x0019,
  xorMappedAddress: 0x0020,
  priority: 0x0024,
  useCandidate: 0x0025,
  software: 0x8022,
  iceControlled: 0x8029,
  iceControlling: 0x802a,
};
/** RFC 8489 section 14.3: fewer than 509 bytes of user name, 763 of the other texts. */
const MAX_TEXT_BYTES = 763;

/** Fills in one attribute; the first of a kind counts (RFC 8489 section 14). */
export function readAttribute(
  into: StunAttributes,
  code: number,
  value: Buffer,
  transactionId: Uint8Array,
): 'read' | 'unknown' | 'bad' {
  switch (code) {
    case CODES.username:
      return text(value, (read) => (into.username ??= read));
    case CODES.realm:
      return text(value, (read) => (into.realm ??= read));
    case CODES.nonce:
      return text(value, (read) => (into.nonce ??= read));
    case CODES.software:
      return text(value, (read) => (into.software ??= read));
    case CODES.mappedAddress:
      return address(value, undefined, (read) => (into.mappedAddress ??= read));
    case CODES.xorMappedAddress:
      return address(value, transactionId, (read) => (into.xorMappedAddress ??= read));
    case CODES.xorRelayedAddress:
      return address(value, transactionId, (read) => (into.xorRelayedAddress ??= read));
    case CODES.xorPeerAddress:
      return address(value, transactionId, (read) => (into.xorPeerAddress ??= read));
    case CODES.priority:
      return sized(value, 4, () => (into.priority ??= value.readUInt32BE(0)));
    case CODES.useCandidate:
      return sized(value, 0, () => (into.useCandidate = true));
    case CODES.iceControlled:
      return sized(value, 8, () => (into.iceControlled ??= value.readBigUInt64BE(0)));
    case CODES.iceControlling:
      return sized(value, 8, () => (into.iceControlling ??= value.readBigUInt64BE(0)));
    case CODES.lifetimeSeconds:
      return sized(value, 4, () => (into.lifetimeSeconds ??= value.readUInt32BE(0)));
    case CODES.requestedTransport:
      return sized(value, 4, () => (into.requestedTransport ??= value[0]!));
    case CODES.channelNumber:
      return sized(value, 4, () => (into.channelNumber ??= value.readUInt16BE(0)));
    case CODES.data:
      into.data ??= value;
      return 'read';
    case CODES.errorCode:
      if (value.length < 4 || value.length > 4 + MAX_TEXT_BYTES) return 'bad';
      into.errorCode ??= { code: (value[2]! & 7) * 100 + value[3]!, reason: value.toString('utf8', 4) };
      return 'read';
    case CODES.unknownAttributes:
      if (value.length % 2 !== 0) return 'bad';
      into.unknownAttributes ??= Array.from({ length: value.length / 2 }, (_, i) => value.readUInt16BE(2 * i));
      return 'read';
    default:
      return 'unknown';
  }
}

/** The attributes in the order of their names above, each with header and padding. */
export function writeAttributes(attributes: StunAttributes, transactionId: Uint8Array): Buffer[] {
  const a = attributes;
  const parts: Buffer[] = [];
  const put = (name: keyof StunAttributes, value: Buffer | undefined) => {
    if (!value) return;
    const attribute = Buffer.alloc(4 + Math.ceil(value.length / 4) * 4);
    attribute.writeUInt16BE(CODES[name], 0);
    attribute.writeUInt16BE(value.length, 2);
    attribute.set(value, 4);
    parts.push(attribute);
  };
  const utf8 = (value: string | undefined) => (value === undefined ? undefined : Buffer.from(value));
  const xored = (value: TransportAddress | undefined) => value && addressValue(value, transactionId);
  put('username', utf8(a.username));
  put('realm', utf8(a.realm));
  put('nonce', utf8(a.nonce));
  put('software', utf8(a.software));
  put('mappedAddress', a.mappedAddress && addressValue(a.mappedAddress, undefined));
  put('xorMappedAddress', xored(a.xorMappedAddress));
  put('xorRelayedAddress', xored(a.xorRelayedAddress));
  put('xorPeerAddress', xored(a.xorPeerAddress));
  put('priority', uint32(a.priority));
  put('useCandidate', a.useCandidate ? Buffer.alloc(0) : undefined);
  put('iceControlled', uint64(a.iceControlled));
  put('iceControlling', uint64(a.iceControlling));
  if (a.errorCode) {
    const { code, reason } = a.errorCode;
    put('errorCode', Buffer.concat([Buffer.from([0, 0, Math.trunc(code / 100), code % 100]), Buffer.from(reason)]));
  }
  if (a.unknownAttributes) put('unknownAttributes', Buffer.from(a.unknownAttributes.flatMap((code) => [code >> 8, code & 0xff])));
  put('lifetimeSeconds', uint32(a.lifetimeSeconds));
  put('requestedTransport', a.requestedTransport === undefined ? undefined : Buffer.from([a.requestedTransport, 0, 0, 0]));
  put('channelNumber', a.channelNumber === undefined ? undefined : uint32(a.channelNumber * 65536));
  put('data', a.data);
  return parts;
}

function text(value: Buffer, assign: (read: string) => void): 'read' | 'bad' {
  if (value.length > MAX_TEXT_BYTES) return 'bad';
  assign(value.toString('utf8'));
  return 'read';
}

function sized(value: Buffer, length: number, assign: () => void): 'read' | 'bad' {
  if (value.length !== length) return 'bad';
  assign();
  return 'read';
}

function address(value: Buffer, xorWith: Uint8Array | undefined, assign: (read: TransportAddress) => void): 'read' | 'bad' {
  const family = value[1];
  if (value.length !== (family === 1 ? 8 : 20) || (family !== 1 && family !== 2)) return 'bad';
  const body = mask(value.subarray(2), xorWith);
  assign({ address: addressText(body.subarray(2)), port: body.readUInt16BE(0) });
  return 'read';
}

function addressValue(value: TransportAddress, xorWith: Uint8Array | undefined): Buffer {
  const ip = addressBytes(withoutZone(value.address));
  if (!ip) throw new Error('a STUN address attribute needs an IP address');
  const port = Buffer.from([value.port >> 8, value.port & 0xff]);
  return Buffer.concat([Buffer.from([0, ip.length === 4 ? 1 : 2]), mask(Buffer.concat([port, ip]), xorWith)]);
}

/** Port and address, masked with cookie and transaction id (RFC 8489 section 14.2); the port takes the cookie's first half. */
function mask(body: Buffer, transactionId: Uint8Array | undefined): Buffer {
  if (!transactionId) return Buffer.from(body);
  const key = Buffer.concat([Buffer.from([0x21, 0x12, 0xa4, 0x42]), transactionId]);
  return Buffer.from(body.map((byte, i) => byte ^ (i < 2 ? key[i]! : key[i - 2]!)));
}

function uint32(value: number | undefined): Buffer | undefined {
  if (value === undefined) return undefined;
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

function uint64(value: bigint | undefined): Buffer | undefined {
  if (value === undefined) return undefined;
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}

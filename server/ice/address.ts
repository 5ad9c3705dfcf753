/** A transport address; `address` is an IP in its canonical text (no brackets, no zone, IPv4-mapped ones as IPv4). Pure. */
export interface TransportAddress {
  readonly address: string;
  readonly port: number;
}

/** 4 or 6 for an IP address in text, by its form alone; `addressBytes` decides whether it is valid. */
export function familyOf(address: string): 4 | 6 {
  return address.includes(':') ? 6 : 4;
}

/** One key for maps: unique per transport address. */
export function addressKey(address: string, port: number): string {
  return `${address}|${port}`;
}

/** The 4 or 16 bytes of an IP address in text, undefined if it is none (host names, zones, ranges). */
export function addressBytes(address: string): Buffer | undefined {
  return address.includes(':') ? bytesOf6(address) : bytesOf4(address);
}

/** The canonical text of 4 or 16 bytes (RFC 5952); IPv4-mapped IPv6 becomes IPv4. */
export function addressText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.subarray(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff) {
    return bytes.subarray(12, 16).join('.');
  }
  const groups = Array.from({ length: 8 }, (_, i) => bytes[2 * i]! * 256 + bytes[2 * i + 1]!);
  const [start, length] = longestZeroRun(groups);
  if (length < 2) return groups.map((group) => group.toString(16)).join(':');
  const text = (part: number[]) => part.map((group) => group.toString(16)).join(':');
  return `${text(groups.slice(0, start))}::${text(groups.slice(start + length))}`;
}

/** The one spelling for comparisons: brackets and zones removed, mapped IPv4 as IPv4; undefined if it is no IP address. */
export function canonicalAddress(text: string): string | undefined {
  const bytes = addressBytes(withoutZone(text.replace(/^\[|\]$/g, '')));
  return bytes && addressText(bytes);
}

/** A link-local source comes as `fe80::1%eth0`; its zone has a meaning on this machine only and is never sent. */
export function withoutZone(address: string): string {
  const at = address.indexOf('%');
  return at < 0 ? address : address.slice(0, at);
}

/** The key that one sender is counted under: an IPv4 address, or the /64 that an owner of one IPv6 address has. */
export function networkOf(address: string): string {
  const bytes = addressBytes(withoutZone(address));
  return bytes?.length === 16 ? bytes.subarray(0, 8).toString('hex') : address;
}

/** True for an address that one machine can have: not unspecified, multicast or broadcast. */
export function isUnicast(address: string): boolean {
  const bytes = addressBytes(address);
  if (!bytes || bytes.every((byte) => byte === 0)) return false;
  return bytes.length === 16 ? bytes[0] !== 0xff : bytes[0] !== 0 && bytes[0]! < 224;
}

/** True for 127.0.0.0/8 and ::1. */
export function isLoopback(address: string): boolean {
  return address === '::1' || /^127\./.test(address);
}

/** True for 169.254.0.0/16 and fe80::/10. */
export function isLinkLocal(address: string): boolean {
  return /^169\.254\./.test(address) || /^fe[89ab]/i.test(address);
}

/** True when both addresses share the first `prefixLength` bits. */
export function sameNetwork(a: string, b: string, prefixLength: number): boolean {
  const left = addressBytes(a);
  const right = addressBytes(b);
  if (!left || !right || left.length !== right.length) return false;
  for (let bit = 0; bit < prefixLength; bit += 8) {
    const mask = prefixLength - bit >= 8 ? 0xff : (0xff << (8 - (prefixLength - bit))) & 0xff;
    if (((left[bit >> 3] ?? 0) & mask) !== ((right[bit >> 3] ?? 0) & mask)) return false;
  }
  return true;
}

function bytesOf4(address: string): Buffer | undefined {
  const parts = address.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)) return undefined;
  return Buffer.from(parts.map(Number));
}

function bytesOf6(address: string): Buffer | undefined {
  const halves = address.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = [groupsOf(halves[0]!, halves.length === 1), groupsOf(halves[1] ?? '', true)];
  if (!head || !tail) return undefined;
  const missing = 16 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 2) return undefined;
  return Buffer.concat([Buffer.from(head), Buffer.alloc(missing), Buffer.from(tail)]);
}

/** `endsAddress`: an IPv4 address may stand for the last two groups, at the end of the whole address alone (RFC 4291 section 2.2). */
function groupsOf(text: string, endsAddress: boolean): number[] | undefined {
  if (text === '') return [];
  const bytes: number[] = [];
  const groups = text.split(':');
  for (const [index, group] of groups.entries()) {
    if (endsAddress && index === groups.length - 1 && group.includes('.')) {
      const mapped = bytesOf4(group);
      if (!mapped) return undefined;
      bytes.push(...mapped);
    } else {
      if (!/^[0-9a-f]{1,4}$/i.test(group)) return undefined;
      const value = Number.parseInt(group, 16);
      bytes.push(value >> 8, value & 0xff);
    }
  }
  return bytes;
}

function longestZeroRun(groups: readonly number[]): [start: number, length: number] {
  let best: [number, number] = [0, 0];
  for (let start = 0; start < groups.length; start++) {
    let end = start;
    while (end < groups.length && groups[end] === 0) end++;
    if (end - start > best[1]) best = [start, end - start];
    start = Math.max(start, end - 1);
  }
  return best;
}

/** How far a 32-bit serial number is ahead of another, from 0 to 2^32 - 1 (RFC 1982). */
export function ahead32(number: number, of: number): number {
  return (number - of) >>> 0;
}

/** Whether a 32-bit serial number comes after another (RFC 1982 section 3.2). */
export function isAfter32(number: number, other: number): boolean {
  const distance = ahead32(number, other);
  return distance > 0 && distance < 0x8000_0000;
}

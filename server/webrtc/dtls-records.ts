/** Content types of the record layer (RFC 5246 section 6.2.1). */
export const CONTENT = { changeCipherSpec: 20, alert: 21, handshake: 22, applicationData: 23 } as const;

export interface DtlsRecord {
  readonly type: number;
  readonly version: { readonly major: number; readonly minor: number };
  readonly epoch: number;
  readonly sequenceNumber: number;
  readonly fragment: Buffer;
  /** The record with its header. */
  readonly bytes: Buffer;
}

const HEADER_BYTES = 13;

/** Reads the records of one datagram (RFC 6347 section 4.1) up to the first that is cut off or of no known type. Pure. */
export function readRecords(datagram: Buffer): DtlsRecord[] {
  const records: DtlsRecord[] = [];
  for (let at = 0; at + HEADER_BYTES <= datagram.length; ) {
    const type = datagram[at]!;
    const end = at + HEADER_BYTES + datagram.readUInt16BE(at + 11);
    if (end > datagram.length || type < CONTENT.changeCipherSpec || type > CONTENT.applicationData) break;
    records.push({
      type,
      version: { major: datagram[at + 1]!, minor: datagram[at + 2]! },
      epoch: datagram.readUInt16BE(at + 3),
      sequenceNumber: datagram.readUIntBE(at + 5, 6),
      fragment: datagram.subarray(at + HEADER_BYTES, end),
      bytes: datagram.subarray(at, end),
    });
    at = end;
  }
  return records;
}

/** What of a datagram goes to the DTLS stack, and which alerts are ours to judge. */
export interface SortedRecords {
  readonly pass: Buffer | undefined;
  readonly alerts: readonly DtlsRecord[];
}

/**
 * Sorts out what anyone could have forged. Once keys exist, plaintext says nothing any more: a repeated flight matters for its
 * encrypted part only. Alerts never reach the stack, since it believes those that nobody authenticated; encrypted ones are handed
 * back to be decrypted, and plaintext ones are dropped (RFC 6347 section 4.1.2.7).
 */
export function sortRecords(datagram: Buffer, connected: boolean): SortedRecords {
  const records = readRecords(datagram);
  const passed = records.filter(({ type, epoch }) => type !== CONTENT.alert && (!connected || epoch > 0));
  const alerts = connected ? records.filter(({ type, epoch }) => type === CONTENT.alert && epoch > 0) : [];
  if (passed.length === 0) return { pass: undefined, alerts };
  return { pass: passed.length === 1 ? passed[0]!.bytes : Buffer.concat(passed.map(({ bytes }) => bytes)), alerts };
}

const FATAL = 2;
const CLOSE_NOTIFY = 0;

/** Whether a decrypted alert ends the association (RFC 5246 section 7.2). */
export function endsAssociation(alert: Buffer): boolean {
  return alert.length >= 2 && (alert[0] === FATAL || alert[1] === CLOSE_NOTIFY);
}

import type { Reply, XClient } from 'x11';

/** Sends a request that the `x11` package has no function for and that has no reply. */
export function sendRaw(x: XClient, request: Buffer): void {
  x.seq_num++;
  x.pack_stream.put(request);
  x.pack_stream.submit();
}

/** Sends a request packed by hand; its reply arrives without its first 8 bytes. */
export function askRaw(x: XClient, request: Buffer, reply: Reply<Buffer>): void {
  x.seq_num++;
  x.pack_stream.put(request);
  x.replies[x.seq_num] = [(body) => body, reply as Reply<never>];
  x.pack_stream.submit(true);
}

const INTERN_ATOM = 16;

/**
 * The request for the number of an atom, made where it does not exist. The package is not used for this: it keeps the
 * numbers of all servers in one table, and a restarted server gives others.
 */
export function internAtomRequest(name: string): Buffer {
  const length = Buffer.byteLength(name, 'latin1');
  const request = Buffer.alloc(8 + Math.ceil(length / 4) * 4);
  request[0] = INTERN_ATOM;
  request.writeUInt16LE(request.length / 4, 2);
  request.writeUInt16LE(length, 4);
  request.write(name, 8, 'latin1');
  return request;
}

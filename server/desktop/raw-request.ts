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

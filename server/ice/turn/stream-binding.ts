import { randomBytes } from 'node:crypto';
import type { Clock } from '../../lib/clock.js';
import { decodeStun, encodeStun } from '../stun/stun.js';
import { connectStream, type StreamServer } from './turn-transport.js';

/** A connection of ours to a server: its local address, and its address as the server saw it, if the server sent it. */
export interface SeenOverStream {
  readonly local: string;
  readonly external: string | undefined;
}

const ANSWER_LIMIT_MS = 5000;

/** A plain binding request over TCP or TLS (RFC 8489 section 6.2.2); undefined if there is no connection or no answer. */
export async function bindingOverStream(server: StreamServer, clock: Clock): Promise<SeenOverStream | undefined> {
  // An answer over UDP has no certificate either; and a certificate that only the viewers trust must not hide our address.
  const connected = await connectStream({ ...server, anyCertificate: true });
  if (!connected.ok) return undefined;
  const transport = connected.value;
  const transactionId = randomBytes(12);
  return new Promise((resolve) => {
    const finish = (seen: SeenOverStream | undefined) => {
      cancel();
      transport.close();
      resolve(seen);
    };
    const cancel = clock.after(ANSWER_LIMIT_MS, () => finish(undefined));
    transport.listen(
      (bytes) => {
        const message = decodeStun(bytes);
        if (!message.ok || message.value.kind === 'request' || !message.value.transactionId.equals(transactionId)) return;
        const { xorMappedAddress, mappedAddress } = message.value.attributes;
        finish({ local: transport.localAddress, external: (xorMappedAddress ?? mappedAddress)?.address });
      },
      () => finish(undefined),
    );
    transport.send(encodeStun({ kind: 'request', method: 'binding', transactionId, attributes: {} }));
  });
}

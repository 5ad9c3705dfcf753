import { randomBytes } from 'node:crypto';
import type { IceCredentials } from '../../../server/ice/ice-types.js';
import { hmacSha1 } from '../../../server/ice/stun/hmac.js';
import { decodeStun, encodeStun, looksLikeStun } from '../../../server/ice/stun/stun.js';

/** The least of an ICE client: sends one kind of check, answers checks, hands everything else on. Works over any wire. */
export function rawClient(options: {
  readonly server: IceCredentials;
  readonly transmit: (bytes: Buffer) => void;
  readonly controlling?: boolean;
}) {
  const local = { ufrag: 'rawc', pwd: 'raw-client-password-24-chars' };
  const received: Buffer[] = [];
  let answered = 0;
  return {
    local,
    received,
    get answered() {
      return answered;
    },
    check(useCandidate = false): void {
      const role = options.controlling ? { iceControlling: 1n } : { iceControlled: 1n };
      const attributes = { username: `${options.server.ufrag}:${local.ufrag}`, priority: 1_845_501_695, useCandidate, ...role };
      options.transmit(
        encodeStun(
          { kind: 'request', method: 'binding', transactionId: randomBytes(12), attributes },
          { key: Buffer.from(options.server.pwd), hmac: hmacSha1 },
        ),
      );
    },
    receive(bytes: Buffer): void {
      if (!looksLikeStun(bytes)) {
        received.push(Buffer.from(bytes));
        return;
      }
      const message = decodeStun(bytes);
      if (!message.ok) throw new Error(message.error);
      if (message.value.kind === 'success') answered++;
      if (message.value.kind !== 'request') return;
      options.transmit(
        encodeStun(
          {
            kind: 'success',
            method: 'binding',
            transactionId: message.value.transactionId,
            attributes: { xorMappedAddress: { address: '127.0.0.1', port: 1 } },
          },
          { key: Buffer.from(local.pwd), hmac: hmacSha1 },
        ),
      );
    },
  };
}

import { bindReason } from '../../lib/bind-reason.js';
import type { Clock } from '../../lib/clock.js';
import { err, ok, type Result } from '../../lib/result.js';
import { ICE_LIMITS } from '../limits.js';
import { openUdpSocket, type UdpSocket } from '../sockets/udp-socket.js';
import { answerPlainBinding } from './plain-stun.js';
import { rateLimit } from './rate-limit.js';
import { decodeStun } from './stun.js';

/** The built-in STUN server (webrtc.stun_bind): answers plain binding requests, nothing else. */
export interface StunServer {
  readonly address: string;
  readonly port: number;
  close(): Promise<void>;
}

const BUFFER_BYTES = 1024 * 1024;
const BURST = 40;

/** Binds one address (`0.0.0.0` and `::` are all of their family); the error says why it cannot. */
export async function openStunServer(options: {
  readonly address: string;
  readonly port: number;
  readonly clock: Clock;
}): Promise<Result<StunServer>> {
  const limit = rateLimit(ICE_LIMITS.stunServerPerAddress.value, BURST, ICE_LIMITS.stunServer.value);
  let socket: UdpSocket | undefined;
  const opened = await openUdpSocket({
    address: options.address,
    port: options.port,
    bufferBytes: BUFFER_BYTES,
    onDatagram(bytes, address, port) {
      const message = decodeStun(bytes);
      const answer = message.ok && answerPlainBinding(message.value, address, port, limit, options.clock.nowMs());
      if (answer) socket?.send(answer, address, port);
    },
  });
  if (!opened.ok)
    return err(`cannot open the STUN server on UDP port ${options.port} (NEKO_WEBRTC_STUN_BIND): ${bindReason(opened.error)}`);
  socket = opened.value;
  return ok(opened.value);
}

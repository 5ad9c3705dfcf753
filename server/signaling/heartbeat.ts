import type { WebSocket } from '@fastify/websocket';
import type { Clock } from '../lib/clock.js';
import type { Dispose } from '../lib/dispose.js';
import type { SocketId } from '../room/room-state.js';
import { Liveness } from './liveness.js';
import type { Sockets } from './sockets.js';

/** Clients take a socket for dead after 12.5 s without a message. */
const HEARTBEAT_MS = 10_000;

/** Sends heartbeats and pings, and calls `onGone` once when they have not been answered for long. */
export function startHeartbeat(clock: Clock, sockets: Sockets, id: SocketId, socket: WebSocket, onGone: () => void): Dispose {
  const liveness = new Liveness(clock.nowMs());
  const onPong = () => liveness.answered(clock.nowMs());
  const beat = () => {
    liveness.unread(sockets.unread(id), clock.nowMs());
    sockets.send([id], { event: 'system/heartbeat' });
    sockets.ping(id);
    releaseBeat = clock.after(HEARTBEAT_MS, beat);
  };
  const look = () => {
    const leftMs = liveness.goneAtMs - clock.nowMs();
    if (leftMs <= 0) return onGone();
    releaseLook = clock.after(Math.ceil(leftMs), look);
  };
  let releaseBeat = clock.after(HEARTBEAT_MS, beat);
  let releaseLook: Dispose = () => {};
  look();
  socket.on('pong', onPong);
  return () => {
    releaseBeat();
    releaseLook();
    socket.off('pong', onPong);
  };
}

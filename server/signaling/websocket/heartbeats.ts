import type { WebSocket } from '@fastify/websocket';
import type { Clock } from '../../lib/clock.js';
import type { Dispose } from '../../lib/dispose.js';
import type { Log } from '../../lib/log.js';
import type { SocketId } from '../../room/room-state.js';
import { LogLimiter } from '../log-limiter.js';
import { Liveness } from './liveness.js';
import type { Sockets } from './sockets.js';

/** Clients consider a socket dead after 12.5 s without a message. */
const HEARTBEAT_MS = 10_000;

/** Heartbeats and pings of all sockets, and whether they are answered. */
export class Heartbeats {
  readonly #standstills = new LogLimiter(1, HEARTBEAT_MS);

  constructor(
    private readonly clock: Clock,
    private readonly sockets: Sockets,
    private readonly log: Log,
  ) {}

  /** Starts watching a socket; calls `onGone` once when it has not answered for too long. */
  start(id: SocketId, socket: WebSocket, onGone: () => void): Dispose {
    const { clock, sockets } = this;
    const liveness = new Liveness(clock.nowMs());
    const onPong = () => liveness.answered(clock.nowMs());
    const beat = () => {
      liveness.unread(sockets.unread(id), clock.nowMs());
      sockets.send([id], { event: 'system/heartbeat' });
      sockets.ping(id);
      releaseBeat = clock.after(HEARTBEAT_MS, beat);
    };
    const look = () => {
      const state = liveness.look(clock.nowMs());
      if (state === 'gone') return onGone();
      if (state === 'unknown') this.#stoodStill();
      releaseLook = clock.after(Math.ceil(liveness.goneAtMs - clock.nowMs()), look);
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

  /** One message for all sockets. */
  #stoodStill(): void {
    if (this.#standstills.pass(this.clock.nowMs()) === null) return;
    this.log.warn({}, 'the server stood still for a while; who was silent meanwhile is asked again');
  }
}

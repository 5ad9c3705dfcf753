import type { Duplex } from 'node:stream';
import type { WebSocket } from '@fastify/websocket';
import type { Clock } from '../../lib/clock.js';
import { type Dispose, once } from '../../lib/dispose.js';
import { MessageSize } from './message-size.js';

/** Each message counts this much beside its bytes: a flood of tiny messages is expensive, too. */
const MESSAGE_OVERHEAD_BYTES = 256;

export interface IncomingHooks {
  /** Whether the sender is host now. */
  isHost(): boolean;
  /** Counts bytes; returns for how long to stop reading, ms. */
  received(bytes: number): number;
  /** Called once; no more is read after it. */
  tooLarge(): void;
}

/** Watches the bytes of a WebSocket: ends a socket with a message that is too large, slows down one that sends too much. */
export function watchIncoming(socket: WebSocket, connection: Duplex, clock: Clock, hooks: IncomingHooks): Dispose {
  const size = new MessageSize(() => hooks.isHost());
  let stopped = false;
  let releaseWait: Dispose = () => {};
  const count = (bytes: number) => {
    const waitMs = hooks.received(bytes);
    if (waitMs <= 0 || stopped || socket.isPaused) return;
    socket.pause();
    releaseWait = clock.after(waitMs, () => socket.resume());
  };
  const look = (chunk: Buffer) => {
    if (stopped) return;
    if (size.read(chunk)) return count(chunk.length);
    stop();
    socket.pause();
    hooks.tooLarge();
  };
  const onMessage = () => count(MESSAGE_OVERHEAD_BYTES);
  // Before the WebSocket's own parser, which unmasks the bytes in place.
  connection.prependListener('data', look);
  socket.on('message', onMessage);
  const stop = once(() => {
    stopped = true;
    releaseWait();
    connection.off('data', look);
    socket.off('message', onMessage);
  });
  return stop;
}

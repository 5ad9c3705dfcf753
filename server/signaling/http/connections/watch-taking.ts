import type { Socket } from 'node:net';
import type { Clock } from '../../../lib/clock.js';
import type { Dispose } from '../../../lib/dispose.js';
import { AnswerPace, type Taking } from './answer-pace.js';

const LOOK_EVERY_MS = 1_000;

/** Watches until released; calls `tooSlow` once the client has fallen too far behind with taking its answers. */
export function watchTaking(socket: Socket, clock: Clock, tooSlow: () => void): Dispose {
  const pace = new AnswerPace(takingOf(socket), clock.nowMs());
  const look = () => {
    if (pace.isTooSlow(takingOf(socket), clock.nowMs())) tooSlow();
    else release = clock.after(LOOK_EVERY_MS, look);
  };
  let release = clock.after(LOOK_EVERY_MS, look);
  return () => release();
}

/** Bytes that the system has accepted have left our memory. */
function takingOf({ bytesWritten, writableLength }: Socket): Taking {
  return { taken: bytesWritten - writableLength, waiting: writableLength };
}

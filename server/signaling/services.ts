import type { Clock } from '../lib/clock.js';
import type { Log } from '../lib/log.js';
import type { Turns } from '../members/turns.js';
import type { ServerMessage } from '../protocol/events/events.js';
import type { RoomRunner } from '../room/room-runner.js';
import { type Session, type SocketId, socketOf } from '../room/room-state.js';
import type { PasswordMarks } from '../room/store/password-marks.js';
import type { Callers } from './callers.js';
import type { Trusts } from './http/access/client-address.js';
import type { ServerOptions, SessionOptions } from './options.js';
import type {
  CapturePort,
  DesktopPort,
  DoctorPort,
  HealthPort,
  MemberPort,
  ScreenshotPort,
  ViewersPort,
  WebRtcPort,
} from './ports.js';
import type { SessionRates } from './session-rates.js';
import type { Heartbeats } from './websocket/heartbeats.js';
import type { Sockets } from './websocket/sockets.js';

/** The parts that handlers of messages and requests use. */
export interface Services {
  readonly room: RoomRunner;
  readonly callers: Callers;
  readonly passwordMarks: PasswordMarks;
  /** Passwords that were changed and members that were removed so far. */
  readonly passwordChanges: { count: number };
  /** Changes of members come one after the other, each from the store to the live session. */
  readonly memberTurns: Turns;
  readonly sockets: Sockets;
  readonly heartbeats: Heartbeats;
  readonly rates: SessionRates;
  readonly desktop: DesktopPort;
  readonly capture: CapturePort;
  readonly viewers: ViewersPort;
  readonly webrtc: WebRtcPort;
  readonly members: MemberPort;
  readonly health: HealthPort;
  readonly screenshots: ScreenshotPort;
  readonly doctor: DoctorPort;
  readonly server: ServerOptions;
  /** Whether a peer is a proxy whose forwarded headers count. */
  readonly trusts: Trusts;
  readonly session: SessionOptions;
  readonly clock: Clock;
  readonly log: Log;
  /** Unix epoch milliseconds. */
  readonly startedAtMs: number;
}

/** Sends to the session's present socket; without one the message is lost, as on a broken connection. */
export function sendToSession(services: Services, sessionId: string, message: ServerMessage): void {
  const socket = socketOf(services.room.state.sessions.get(sessionId));
  if (socket !== null) services.sockets.send([socket], message);
}

/** Passes a client's message on to others; a session that is behind with reading misses it. */
export function relay(services: Services, message: ServerMessage, where: (session: Session) => boolean): void {
  services.sockets.relay(socketsOf(services, where), message);
}

/** Sends to every connected session that `where` selects. */
export function sendToAll(services: Services, message: ServerMessage, where: (session: Session) => boolean = () => true): void {
  services.sockets.send(socketsOf(services, where), message);
}

function socketsOf(services: Services, where: (session: Session) => boolean): SocketId[] {
  return [...services.room.state.sessions.values()]
    .filter(where)
    .map(socketOf)
    .filter((socket) => socket !== null);
}

import type { FastifyInstance } from 'fastify';
import { Turns } from '../members/turns.js';
import { Callers } from './callers.js';
import { trustedPeers } from './client-address.js';
import { ClipboardAnnouncer } from './clipboard-announcer.js';
import { steerViewers } from './datachannel/channel-front.js';
import { Heartbeats } from './heartbeats.js';
import { addCallers, refuseGuesses } from './http/caller.js';
import type { ConnectionGate } from './http/connection-gate.js';
import { guardWrites } from './http/guard-writes.js';
import { boundAnswers } from './http/large-answers.js';
import { limitRequests } from './http/limit-requests.js';
import { openGate } from './http/open-gate.js';
import { closeBehindLongBodies } from './http/pending-body.js';
import { addBodies } from './http/receive-body.js';
import { addSecurityHeaders } from './http/security-headers.js';
import { watchDescriptors } from './http/watch-descriptors.js';
import { requireWellFormed } from './http/well-formed.js';
import { createHttpApp } from './http-app.js';
import { addErrors } from './http-errors.js';
import { openInput } from './input/open-input.js';
import type { SignalingOptions } from './options.js';
import { addEndpoints, addUnmatched, requireLiteralPaths } from './router.js';
import { banRoutes } from './routes/bans.js';
import { batchRoute } from './routes/batch.js';
import { clipboardRoutes } from './routes/clipboard.js';
import { controlRoutes } from './routes/control.js';
import { doctorRoutes } from './routes/doctor.js';
import { healthRoutes } from './routes/health.js';
import { keyboardRoutes } from './routes/keyboard.js';
import { loginRoutes } from './routes/login.js';
import { memberRoutes } from './routes/members.js';
import { ownSessionRoutes } from './routes/own-session.js';
import { screenRoutes } from './routes/screen.js';
import { screenshotRoute } from './routes/screenshot.js';
import { sessionRoutes } from './routes/sessions.js';
import { settingsRoutes } from './routes/settings.js';
import type { Services } from './services.js';
import { SessionRates } from './session-rates.js';
import { addSocketRoute } from './socket-route.js';
import { Sockets } from './sockets.js';
import { tellClients } from './tell-clients.js';

/** The room's fronts: HTTP API, WebSocket and static files in one Fastify application that the caller listens with. */
export interface Signaling {
  readonly app: FastifyInstance;
  /** Counts the connections of `app`, whoever accepts them. */
  readonly connections: ConnectionGate;
  /** Says good-bye to every client and resolves when the server is closed. */
  close(): Promise<void>;
}

/** Opens the fronts of an open room. */
export async function createSignaling(options: SignalingOptions): Promise<Signaling> {
  const { clock, log, desktop, session } = options;
  const { runner: room, passwordMarks } = options.room;
  const sockets = new Sockets(room, clock, log);
  // Who is in control is not to lose keys by what others at the same address do.
  const rates = new SessionRates((id) => (room.isHost(id) ? null : (room.state.sessions.get(id)?.place.network ?? null)));
  const services: Services = {
    ...options,
    room,
    trusts: trustedPeers(options.server.trustedProxies),
    sockets,
    heartbeats: new Heartbeats(clock, sockets, log),
    rates,
    callers: new Callers(room, session.apiToken, log),
    passwordMarks,
    passwordChanges: { count: 0 },
    memberTurns: new Turns(1),
    startedAtMs: Date.now(),
  };
  const stopInput = openInput(services);
  const stopTelling = tellClients(services);
  const stopSteering = steerViewers(services);
  const stopWatching = watchDescriptors(clock, log);
  const connections = openGate(services);
  const app = await createApp(services, connections, () => options.room.flush());
  const announcer = new ClipboardAnnouncer(services);
  const stopClipboard = desktop.clipboard.onChange(() => announcer.changed());
  let closing: Promise<void> | null = null;
  const close = async () => {
    stopClipboard();
    stopWatching();
    announcer.close();
    stopInput();
    sockets.close();
    await app.close();
    stopTelling();
    stopSteering();
  };
  return {
    app,
    connections,
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

async function createApp(services: Services, gate: ConnectionGate, saved: () => Promise<void>): Promise<FastifyInstance> {
  const app = await createHttpApp(services.server, { gate, trusts: services.trusts, clock: services.clock, log: services.log });
  // A session whose token has been answered is on disk, and so is a ban, so that a crash right after takes none along.
  app.addHook('onSend', saved);
  addSecurityHeaders(app, services.server);
  addCallers(app, services, gate);
  limitRequests(app, services.clock);
  requireWellFormed(app);
  refuseGuesses(app);
  addBodies(app, services.clock);
  boundAnswers(app);
  closeBehindLongBodies(app);
  guardWrites(app, services);
  requireLiteralPaths(app);
  addErrors(app, services);
  const known = addEndpoints(app, services, [
    ...loginRoutes(),
    ...ownSessionRoutes,
    ...sessionRoutes,
    ...banRoutes,
    ...memberRoutes,
    ...settingsRoutes,
    ...controlRoutes,
    ...screenRoutes,
    screenshotRoute(),
    ...clipboardRoutes,
    ...keyboardRoutes,
    ...doctorRoutes,
    batchRoute(() => app, services.server.pathPrefix),
    ...healthRoutes,
  ]);
  addUnmatched(app, services, [...known, ...addSocketRoute(app, services)]);
  return app;
}
